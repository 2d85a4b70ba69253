"""Holding lessons to a standard: rules about what is written need no torch, rules about what runs use the lab.

A rule is a function that takes a draft (or a rig, which adds its experiment) and yields findings.
"""
