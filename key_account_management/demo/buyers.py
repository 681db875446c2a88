"""The customers of the demo company: how often, how much and how late."""

from .market import Buyer, Fixed

EARLY = (-9, -3)  # paid on time, whatever weekend comes between
PUNCTUAL = (-5, 2)
USUAL = (-2, 6)
SLOW = (5, 22)
BAD = (35, 90)

STAPLES = ("grocery", "canned")
KITCHEN = ("grocery", "dairy", "frozen")
SHOP = ("grocery", "dairy", "drinks", "sweets", "canned")
CAFE = ("dairy", "drinks", "sweets")
BAKERY = ("grocery", "dairy", "sweets")
DEPOT = ("grocery", "dairy", "drinks", "sweets", "frozen", "canned")

# Keys are the external identifiers of the partners without ``partner_``.
BUYERS = (
    # Key clients. What is fixed below is all that Azbuka owes.
    Buyer("azbuka", 7, 52000, PUNCTUAL, SHOP, until=13, is_settled=True),
    Buyer("azbuka_retail", 9, 38000, PUNCTUAL, SHOP, until=13, is_settled=True),
    Buyer("severny", 7, 46000, PUNCTUAL, KITCHEN, growth=1.02),
    Buyer("lukomorye", 9, 58000, SLOW, DEPOT),
    Buyer("lukomorye_express", 11, 28000, SLOW, SHOP, growth=1.03),
    Buyer("lukomorye_baltic", 15, 23000, USUAL, CAFE),
    Buyer("samobranka", 9, 30000, USUAL, KITCHEN),
    Buyer("kalinka", 9, 15000, BAD, BAKERY, growth=0.97, until=45),
    Buyer("terem", 11, 9000, PUNCTUAL, CAFE, since=40),
    Buyer("amberline", 14, 45000, PUNCTUAL, DEPOT, growth=1.01),
    Buyer("rusalka", 12, 22000, EARLY, KITCHEN),
    Buyer("solovey", 11, 45000, PUNCTUAL, SHOP, growth=1.01),
    Buyer("berestye", 12, 26000, USUAL, DEPOT, growth=1.05, since=600),
    Buyer("karavay", 14, 52000, PUNCTUAL, BAKERY),
    Buyer("yarmarka", 10, 66000, EARLY, DEPOT, growth=1.02),
    Buyer("vershina", 10, 55000, EARLY, DEPOT, growth=0.99),
    Buyer("okolitsa", 13, 14000, EARLY, SHOP, growth=0.98),
    # Ordinary customers.
    Buyer("ivolga", 24, 5800, USUAL, SHOP),
    Buyer("korzhik", 33, 11200, PUNCTUAL, BAKERY),
    Buyer("romashka", 34, 7300, PUNCTUAL, CAFE),
    Buyer("polyana", 23, 9200, USUAL, SHOP),
    Buyer("yakor", 24, 8300, SLOW, KITCHEN),
    Buyer("borovik", 35, 11900, USUAL, SHOP),
    Buyer("veter", 20, 26000, USUAL, CAFE, growth=1.04),
    Buyer("mayak", 31, 8300, SLOW, SHOP),
    Buyer("sinitsa", 30, 10100, USUAL, KITCHEN),
    Buyer("pelikan", 33, 12400, PUNCTUAL, CAFE),
    Buyer("stanitsa", 25, 10900, SLOW, SHOP),
    Buyer("podsolnuh", 33, 6500, USUAL, SHOP),
    Buyer("abrikos", 31, 5300, USUAL, CAFE, growth=1.03),
    Buyer("gornitsa", 25, 9500, PUNCTUAL, KITCHEN),
    Buyer("arbuz", 30, 11000, USUAL, SHOP),
    Buyer("kuryer", 18, 24000, PUNCTUAL, SHOP, growth=1.05),
    Buyer("hlebosol", 20, 30000, SLOW, STAPLES),
    Buyer("zarya", 25, 5000, BAD, SHOP, growth=0.95),
    Buyer("lotos", 26, 10200, PUNCTUAL, CAFE),
    Buyer("dubrava", 34, 4800, USUAL, KITCHEN),
    Buyer("sosna", 25, 10600, PUNCTUAL, DEPOT),
    Buyer("ryabina", 26, 10400, USUAL, STAPLES),
    Buyer("lisichka", 34, 4800, USUAL, SHOP),
    Buyer("karas", 24, 8500, SLOW, DEPOT),
    Buyer("gorod", 34, 9700, USUAL, DEPOT, growth=0.98),
    Buyer("kolos", 22, 5400, PUNCTUAL, STAPLES),
    Buyer("zvonnitsa", 28, 10000, USUAL, KITCHEN),
    Buyer("snegir", 35, 4000, SLOW, SHOP),
    Buyer("bereg", 24, 10200, USUAL, SHOP),
    Buyer("telega", 25, 8700, BAD, KITCHEN, until=150),
    Buyer("pryanik", 25, 6800, PUNCTUAL, SHOP),
    Buyer("uyut", 33, 6500, USUAL, SHOP),
    Buyer("malina", 31, 8000, USUAL, BAKERY),
    Buyer("lyon", 34, 7700, SLOW, KITCHEN),
    Buyer("bulka", 27, 6600, USUAL, CAFE, growth=1.02),
    Buyer("kuvshin", 31, 4000, PUNCTUAL, KITCHEN),
    Buyer("zhuravl", 22, 12400, USUAL, SHOP),
    Buyer("rodnik", 22, 9800, SLOW, CAFE),
    Buyer("oblako", 27, 6700, USUAL, CAFE, growth=1.03, since=480),
    Buyer("lastochka", 31, 9800, BAD, STAPLES),
    Buyer("topol", 26, 9900, PUNCTUAL, SHOP),
    Buyer("ogonyok", 22, 9400, USUAL, SHOP),
    Buyer("vasilek", 21, 13000, USUAL, BAKERY),
    Buyer("bars", 32, 4100, SLOW, DEPOT),
    Buyer("kedr", 22, 9500, USUAL, KITCHEN),
    Buyer("omul", 25, 25000, PUNCTUAL, SHOP),
    Buyer("tayga", 22, 10300, USUAL, DEPOT),
    Buyer("saksaul", 29, 9400, SLOW, SHOP),
    Buyer("granat", 32, 7100, USUAL, DEPOT),
    Buyer("kizil", 28, 8600, BAD, DEPOT),
    Buyer("persik", 30, 12100, PUNCTUAL, SHOP),
    Buyer("chayka", 24, 7200, USUAL, CAFE),
    Buyer("dolphin", 31, 7000, USUAL, KITCHEN),
    Buyer("vinograd", 34, 8700, SLOW, SHOP),
    Buyer("ogorod", 35, 5600, USUAL, KITCHEN),
    Buyer("limon", 28, 11800, PUNCTUAL, STAPLES, growth=1.06, since=210),
    Buyer("bazilik", 32, 11300, USUAL, CAFE, since=120),
    Buyer("utes", 23, 11800, SLOW, DEPOT),
    Buyer("rosa", 33, 9000, USUAL, STAPLES, growth=1.02),
    Buyer("krendel", 30, 8000, BAD, STAPLES),
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
