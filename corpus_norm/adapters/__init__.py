"""Conversion on clusters: Ray and Spark.

:mod:`~corpus_norm.adapters.ray` and :mod:`~corpus_norm.adapters.spark` map the same function
as the local workers, and write the same dataset as a local run, byte for byte.
"""
