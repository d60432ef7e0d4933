"""Phrase-based statistical translation: the starter models' engine, in numpy alone.

A sentence is cut into phrases seen in parallel text, each is replaced by one of its English
counterparts, and a search puts them into the order that the counterparts and a language model of
English like best (Koehn, Och and Marcu 2003, "Statistical phrase-based translation").
"""
