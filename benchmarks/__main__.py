"""`make bench`: everything that is measured."""

from benchmarks import bench, live, sweep

bench.main()
live.main()
sweep.main()
