"""The same work on other engines: Ray and Spark.

:mod:`~corpus_norm.adapters.ray` and :mod:`~corpus_norm.adapters.spark` map the function that the
local workers map, and make the dataset that a local run makes, byte for byte.
"""
