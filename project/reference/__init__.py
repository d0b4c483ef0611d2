"""What the product knows before the first case: places, agencies, promises, deadlines, days, answers."""
