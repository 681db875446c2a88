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
    Buyer("ivolga", 30, 7200, USUAL, SHOP),
    Buyer("korzhik", 39, 13200, PUNCTUAL, BAKERY),
    Buyer("romashka", 40, 8600, PUNCTUAL, CAFE),
    Buyer("polyana", 29, 11600, USUAL, SHOP),
    Buyer("yakor", 30, 10400, SLOW, KITCHEN),
    Buyer("borovik", 41, 13900, USUAL, SHOP),
    Buyer("veter", 20, 26000, USUAL, CAFE, growth=1.04),
    Buyer("mayak", 37, 9900, SLOW, SHOP),
    Buyer("sinitsa", 36, 12100, USUAL, KITCHEN),
    Buyer("pelikan", 39, 14700, PUNCTUAL, CAFE),
    Buyer("stanitsa", 31, 13500, SLOW, SHOP),
    Buyer("podsolnuh", 39, 7700, USUAL, SHOP),
    Buyer("abrikos", 37, 6300, USUAL, CAFE, growth=1.03),
    Buyer("gornitsa", 31, 11800, PUNCTUAL, KITCHEN),
    Buyer("arbuz", 36, 13200, USUAL, SHOP),
    Buyer("kuryer", 18, 24000, PUNCTUAL, SHOP, growth=1.05),
    Buyer("hlebosol", 20, 30000, SLOW, STAPLES),
    Buyer("zarya", 25, 5000, BAD, SHOP, growth=0.95),
    Buyer("lotos", 32, 12600, PUNCTUAL, CAFE),
    Buyer("dubrava", 40, 5600, USUAL, KITCHEN),
    Buyer("sosna", 31, 13100, PUNCTUAL, DEPOT),
    Buyer("ryabina", 32, 12800, USUAL, STAPLES),
    Buyer("lisichka", 40, 5600, USUAL, SHOP),
    Buyer("karas", 30, 10600, SLOW, DEPOT),
    Buyer("gorod", 40, 11400, USUAL, DEPOT, growth=0.98),
    Buyer("kolos", 28, 6900, PUNCTUAL, STAPLES),
    Buyer("zvonnitsa", 34, 12100, USUAL, KITCHEN),
    Buyer("snegir", 41, 4700, SLOW, SHOP),
    Buyer("bereg", 30, 12800, USUAL, SHOP),
    Buyer("telega", 31, 10800, BAD, KITCHEN, until=150),
    Buyer("pryanik", 31, 8400, PUNCTUAL, SHOP),
    Buyer("uyut", 39, 7700, USUAL, SHOP),
    Buyer("malina", 37, 9500, USUAL, BAKERY),
    Buyer("lyon", 40, 9100, SLOW, KITCHEN),
    Buyer("bulka", 33, 8100, USUAL, CAFE, growth=1.02),
    Buyer("kuvshin", 37, 4800, PUNCTUAL, KITCHEN),
    Buyer("zhuravl", 28, 15800, USUAL, SHOP),
    Buyer("rodnik", 28, 12500, SLOW, CAFE),
    Buyer("oblako", 33, 8200, USUAL, CAFE, growth=1.03, since=480),
    Buyer("lastochka", 37, 11700, BAD, STAPLES),
    Buyer("topol", 32, 12200, PUNCTUAL, SHOP),
    Buyer("ogonyok", 28, 12000, USUAL, SHOP),
    Buyer("vasilek", 27, 16700, USUAL, BAKERY),
    Buyer("bars", 38, 4900, SLOW, DEPOT),
    Buyer("kedr", 28, 12100, USUAL, KITCHEN),
    Buyer("omul", 25, 25000, PUNCTUAL, SHOP),
    Buyer("tayga", 28, 13100, USUAL, DEPOT),
    Buyer("saksaul", 35, 11300, SLOW, SHOP),
    Buyer("granat", 38, 8400, USUAL, DEPOT),
    Buyer("kizil", 34, 10400, BAD, DEPOT),
    Buyer("persik", 36, 14500, PUNCTUAL, SHOP),
    Buyer("chayka", 30, 9000, USUAL, CAFE),
    Buyer("dolphin", 37, 8400, USUAL, KITCHEN),
    Buyer("vinograd", 40, 10200, SLOW, SHOP),
    Buyer("ogorod", 41, 6600, USUAL, KITCHEN),
    Buyer("limon", 34, 14300, PUNCTUAL, STAPLES, growth=1.06, since=210),
    Buyer("bazilik", 38, 13400, USUAL, CAFE, since=120),
    Buyer("utes", 29, 14900, SLOW, DEPOT),
    Buyer("rosa", 39, 10600, USUAL, STAPLES, growth=1.02),
    Buyer("krendel", 36, 9600, BAD, STAPLES),
)

# Azbuka Trading House: debt 700,000, confirmed 200,000 and two quotations, to try
# the credit decision by hand. One client of each manager does not pay an old invoice.
FIXED = (
    Fixed("lukomorye", 64000, ordered=92, shipped=90),
    Fixed("solovey", 24000, ordered=75, shipped=72),
    Fixed("kalinka", 9000, ordered=71, shipped=69),
    Fixed("vershina", 36000, ordered=95, shipped=92),
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
