"""The customers of the demo company: how often, how much and how late."""

from .market import Buyer, Fixed

PUNCTUAL = (-5, 2)
USUAL = (-2, 6)
SLOW = (5, 22)
BAD = (35, 90)

STAPLES = ("grocery",)
KITCHEN = ("grocery", "dairy")
SHOP = ("grocery", "dairy", "drinks", "sweets")
CAFE = ("dairy", "drinks", "sweets")
BAKERY = ("grocery", "dairy", "sweets")

# Keys are the external identifiers of the partners without ``partner_``.
BUYERS = (
    # Key clients. What is fixed below is all that Azbuka owes.
    Buyer("azbuka", 5, 52000, PUNCTUAL, SHOP, until=13, is_settled=True),
    Buyer("azbuka_retail", 7, 38000, PUNCTUAL, SHOP, until=13, is_settled=True),
    Buyer("severny", 7, 46000, PUNCTUAL, KITCHEN, growth=1.02),
    Buyer("lukomorye", 7, 48000, SLOW, SHOP),
    Buyer("lukomorye_express", 10, 26000, SLOW, SHOP, growth=1.03),
    Buyer("lukomorye_baltic", 14, 22000, USUAL, CAFE),
    Buyer("samobranka", 6, 21000, USUAL, KITCHEN),
    Buyer("kalinka", 8, 14000, BAD, BAKERY, growth=0.97, until=45),
    Buyer("terem", 11, 9000, PUNCTUAL, CAFE, since=40),
    # Ordinary customers.
    Buyer("ivolga", 9, 4200, USUAL, SHOP),
    Buyer("korzhik", 7, 5200, PUNCTUAL, BAKERY),
    Buyer("romashka", 14, 3900, PUNCTUAL, CAFE),
    Buyer("polyana", 10, 5800, USUAL, SHOP),
    Buyer("yakor", 12, 6400, SLOW, KITCHEN),
    Buyer("borovik", 13, 7100, USUAL, SHOP),
    Buyer("veter", 15, 12500, USUAL, CAFE, growth=1.04),
    Buyer("mayak", 11, 6800, SLOW, SHOP),
    Buyer("sinitsa", 14, 8900, USUAL, KITCHEN),
    Buyer("pelikan", 9, 5600, PUNCTUAL, CAFE),
    Buyer("stanitsa", 12, 4700, SLOW, SHOP),
    Buyer("podsolnuh", 16, 9800, USUAL, SHOP),
    Buyer("abrikos", 8, 7300, USUAL, CAFE, growth=1.03),
    Buyer("gornitsa", 13, 4400, PUNCTUAL, KITCHEN),
    Buyer("arbuz", 10, 6100, USUAL, SHOP),
    Buyer("kuryer", 6, 8200, PUNCTUAL, SHOP, growth=1.05),
    Buyer("hlebosol", 14, 11200, SLOW, STAPLES),
    Buyer("zarya", 18, 7700, BAD, SHOP, growth=0.95),
    Buyer("lotos", 20, 5100, PUNCTUAL, CAFE),
    Buyer("dubrava", 15, 10300, USUAL, KITCHEN),
)

# Azbuka Trading House: debt 700,000, confirmed 200,000 and two quotations, to try
# the credit decision by hand. Lukomorye does not pay an old invoice.
FIXED = (
    Fixed("lukomorye", 64000, ordered=92, shipped=90),
    Fixed("azbuka", 180000, ordered=11, shipped=9),
    Fixed("azbuka_retail", 140000, ordered=10, shipped=8),
    Fixed("azbuka", 160000, ordered=8, shipped=7),
    Fixed("azbuka_retail", 100000, ordered=7, shipped=6),
    Fixed("azbuka", 120000, ordered=6, shipped=5),
    Fixed("azbuka", 120000, ordered=2, shipped=None),
    Fixed("azbuka_retail", 80000, ordered=1, shipped=None),
    Fixed("azbuka", 90000, ordered=0, shipped=None, state="draft"),
    Fixed("azbuka", 150000, ordered=0, shipped=None, state="draft"),
)
