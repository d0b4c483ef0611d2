"""`make bench`: everything that is measured."""

from benchmarks import bench

bench.main()
