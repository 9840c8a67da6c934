"""What is invented: each program with its organizations and workplaces."""

from dataclasses import dataclass

from programs.enums import Precision


@dataclass(frozen=True)
class Place:
    """One invented workplace."""

    name: str
    city: str
    region: str
    workers: int
    products: tuple[str, ...]
    precision: Precision = Precision.EXACT
    latitude: str | None = None
    longitude: str | None = None


@dataclass(frozen=True)
class Demo:
    """One invented program."""

    key: str
    name: str
    blueprint: str
    time_zone: str
    country: str
    worker_organization: str
    monitor: str
    brands: tuple[str, ...]
    suppliers: dict[str, tuple[Place, ...]]
    buys: dict[str, tuple[str, ...]]  # {brand: suppliers}

    @property
    def slug(self) -> str:
        """The short name of the program."""
        return f"{self.key}-demo"


DEMOS = (
    Demo(
        key="garment",
        name="Garment Safety Program (demo)",
        blueprint="accord",
        time_zone="Asia/Dhaka",
        country="BD",
        worker_organization="Demo Garment Workers Federation",
        monitor="Demo Safety Council",
        brands=("Demo Brand North", "Demo Brand South"),
        suppliers={
            "Demo Knitwear One": (
                Place("Demo Mill Amber", "Demo Para", "Dhaka", 620, ("Shirts",)),
                Place("Demo Mill Basalt", "Demo Para", "Dhaka", 410, ("T-shirts",)),
            ),
            "Demo Trousers Two": (Place("Demo Mill Coral", "Demo Nagar", "Gazipur", 280, ("Trousers",)),),
        },
        buys={
            "Demo Brand North": ("Demo Knitwear One", "Demo Trousers Two"),
            "Demo Brand South": ("Demo Knitwear One",),
        },
    ),
    Demo(
        key="farms",
        name="Fair Farms Program (demo)",
        blueprint="fair_food",
        time_zone="America/New_York",
        country="US",
        worker_organization="Demo Coalition of Farmworkers",
        monitor="Demo Fair Farms Council",
        brands=(
            "Demo Brand North",
            "Demo Caterers Lake",
            "Demo Grocers West",
            "Demo Kitchens East",
            "Demo Markets South",
        ),
        suppliers={
            "Demo Growers One": (
                Place(
                    "Demo Farm Alder",
                    "Demo Town",
                    "Florida",
                    140,
                    ("Tomatoes",),
                    latitude="26.400000",
                    longitude="-81.400000",
                ),
                Place(
                    "Demo Farm Birch",
                    "Demo Town",
                    "Florida",
                    85,
                    ("Tomatoes", "Peppers"),
                    Precision.ROUNDED,
                    "26.500000",
                    "-81.500000",
                ),
            ),
            "Demo Growers Two": (
                Place("Demo Farm Cedar", "Demo Springs", "Georgia", 60, ("Watermelons",), Precision.COUNTY),
            ),
            "Demo Growers Three": (Place("Demo Farm Dogwood", "Demo Fields", "Virginia", 45, ("Tomatoes",)),),
            "Demo Growers Four": (
                Place("Demo Farm Elm", "Demo Valley", "Maryland", 30, ("Strawberries",), Precision.WITHHELD),
                Place("Demo Farm Fir", "Demo Valley", "Maryland", 25, ("Sweet corn",)),
            ),
        },
        buys={
            "Demo Brand North": ("Demo Growers One", "Demo Growers Two", "Demo Growers Three"),
            "Demo Caterers Lake": ("Demo Growers One", "Demo Growers Two"),
            "Demo Grocers West": ("Demo Growers One", "Demo Growers Three", "Demo Growers Four"),
            "Demo Kitchens East": ("Demo Growers One", "Demo Growers Two", "Demo Growers Four"),
            "Demo Markets South": ("Demo Growers One", "Demo Growers Three"),
        },
    ),
    Demo(
        key="dairy",
        name="Dairy Dignity Program (demo)",
        blueprint="milk_with_dignity",
        time_zone="America/New_York",
        country="US",
        worker_organization="Demo Dairy Workers Organization",
        monitor="Demo Dairy Standards Council",
        brands=("Demo Ice Cream Maker",),
        suppliers={
            "Demo Dairy Hill": (
                Place("Demo Dairy Hill", "Demo Hill", "Vermont", 6, ("Milk",), Precision.COUNTY),
            ),
            "Demo Dairy Brook": (
                Place("Demo Dairy Brook", "Demo Brook", "Vermont", 4, ("Milk",), Precision.COUNTY),
            ),
        },
        buys={"Demo Ice Cream Maker": ("Demo Dairy Hill", "Demo Dairy Brook")},
    ),
)
