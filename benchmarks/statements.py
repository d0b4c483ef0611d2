"""`python -m benchmarks.statements`: count what every action asks of the database and write docs/statements.md."""

from pathlib import Path

from benchmarks.scratch import scratch_database
from tests.workflows.statements import as_markdown, everything

PAGE = Path(__file__).parents[1] / "docs" / "statements.md"


def main() -> None:
    """Measure and write the page."""
    with scratch_database() as cast:
        PAGE.write_text(as_markdown(everything(cast)), encoding="utf-8")
    print(f"{PAGE.name} written")


if __name__ == "__main__":
    main()
