"""The figures of a report, a file each: plain arrays and labels in, a matplotlib `Figure` out.

Nothing here knows how results are stored.
"""
