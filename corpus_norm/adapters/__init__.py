"""Conversion on clusters: Ray and Spark.

:mod:`~corpus_norm.adapters.ray` and :mod:`~corpus_norm.adapters.spark` map the function that the
local workers map, and write the dataset that a local run writes, byte for byte.
"""
