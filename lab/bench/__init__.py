"""Benchmarks of the program and the lab: ratios in one run, printed beside what is promised of them.

Add here: a measurement of something an operator waits for. Do not add here: failover times, which are the drill's, and
judgements in prose; a row says what was seen, what is promised, and whether it was kept.
"""
