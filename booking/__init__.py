"""Online booking for one acupuncture and massage clinic.

Importing this package makes the pinned ``tzdata`` package the only source of
zone rules (design decision D2): operating systems still say that Vancouver is
at UTC-8 in winter, which has been wrong since 2026.
"""

import zoneinfo

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
