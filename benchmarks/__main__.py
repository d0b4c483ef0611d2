"""`make bench`: everything that is measured."""

from benchmarks import bench, live

bench.main()
live.main()
