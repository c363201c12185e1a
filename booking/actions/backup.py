"""Keep a copy of everything, put it back, and move from one database to another."""

from booking.records.archive import Label as Label
from booking.records.backups import move as move
from booking.records.backups import restore as restore
from booking.records.backups import write as write
from booking.records.copying import Unfit as Unfit
from booking.records.copying import told as told
