"""Writes test/language/time/zones.json: the time zones of Python's zoneinfo for the same release of the IANA data.

Usage: python3 -m venv v && v/bin/pip install tzdata==2026.6 (which contains 2026f), then
PYTHONTZPATH= v/bin/python scripts/zones-by-python.py (the variable hides the zones of the machine).
The file contains the number of offsets of each zone from 1970 to 2099 and a digest of them, and for some zones
all offsets: `seconds since the epoch:seconds ahead of UTC`.
"""

import hashlib
import json
from datetime import datetime, timezone
from zoneinfo import _zoneinfo, available_timezones, reset_tzpath

import tzdata

reset_tzpath([])
START = int(datetime(1970, 1, 1, tzinfo=timezone.utc).timestamp())
END = int(datetime(2100, 1, 1, tzinfo=timezone.utc).timestamp())
WHOLE = [
    "Africa/Casablanca", "Africa/Monrovia", "America/Havana", "America/New_York", "Asia/Beirut",
    "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin", "Europe/Dublin", "Pacific/Apia", "UTC",
]


def offset(zone, at):
    """Returns the UTC offset, from the public interface alone."""
    return int(datetime.fromtimestamp(at, zone).utcoffset().total_seconds())


def transitions(zone):
    """Returns the possible changes of the offset: the transitions in the data, and those by rule for each later year."""
    found = set(zone._trans_utc)
    if isinstance(zone._tz_after, _zoneinfo._TZStr):
        for year in range(1970, 2101):
            for wall in zone._tz_after.transitions(year):
                for ahead in (zone._tz_after.std, zone._tz_after.dst):
                    found.add(int(wall) - int(ahead.utcoff.total_seconds()))
    return sorted(at for at in found if START < at < END)


def offsets(name):
    zone = _zoneinfo.ZoneInfo(name)
    listed = [(START, offset(zone, START))]
    for at in transitions(zone):
        ahead = offset(zone, at)
        if ahead != listed[-1][1]:
            assert offset(zone, at - 1) == listed[-1][1], (name, at)
            listed.append((at, ahead))
    return " ".join(f"{at}:{ahead}" for at, ahead in listed)


zones, whole = {}, {}
for name in sorted(available_timezones() - {"localtime"}):
    text = offsets(name)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    zones[name] = f"{len(text.split())} {digest}"
    if name in WHOLE:
        whole[name] = text

with open("test/language/time/zones.json", "w") as file:
    json.dump({"release": tzdata.IANA_VERSION, "zones": zones, "whole": whole}, file, indent=2)
    file.write("\n")
print(tzdata.IANA_VERSION, len(zones))
