"""Wires the stages. The only place with queues, threads and drop policy; counts what it drops."""
