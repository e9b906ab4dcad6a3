"""Forenames that are one name: diminutives, and spellings of another script or tongue."""

from functools import cache, lru_cache

from nicknames import NickNamer

from services.person_matching.domain.frequencies import COMMON, forename_per_million

FAMILIES = """
ann anne anna annie ania
sara sarah sarra
jon john johnny jonny
catherine katherine kathryn kate katie kathy cathy katy kath cath
elizabeth liz lizzie beth betty libby lizzy elisabeth eliza
stephen steven steve stevie stephan
thomas tom tommy
daniel dan danny
michael mike mick micky mikey mikael micheal
james jim jimmy jamie
robert rob bob bobby robbie
william will bill billy willy liam
richard rick dick ricky richie
david dave davey
joseph joe joey
matthew matt matty mathew
andrew andy drew
anthony tony antony
christopher chris topher christoper
nicholas nick nicky nicolas
benjamin ben benny benji
samuel sam sammy
samantha sam sammy
joshua josh
alexander alex sandy
alexandra alex sandra sasha
rebecca becky becca bex rebekah
jennifer jenny jen jenni
jessica jess jessie
victoria vicky vicki vic tori vikki
susan sue susie suzie
margaret maggie peggy meg marge
patricia pat trish tricia
deborah debbie deb debra
kimberley kim kimberly
gemma jemma gem
michelle shell michele
danielle dani
natalie nat nathalie
abigail abby abi abbie
charlotte charlie lottie
christine chris chrissie tina christina
jacqueline jackie jacqui
amanda mandy
edward ed eddie ted ned
frederick fred freddie freddy
charles charlie chuck
harold harry
henry harry
philip phil phillip
timothy tim timmy
gregory greg
geoffrey geoff jeffrey jeff
kenneth ken kenny
ronald ron ronnie
leonard len lenny
terence terry
lawrence larry laurie laurence
nathan nath nate
jonathan jon jonny johnathan jonathon
zachary zach zak zack
oliver ollie olly
olivia liv livvy
isabella bella izzy isabel isabelle
emily em
malgorzata gosia malgosia
katarzyna kasia
joanna asia joasia
barbara basia
magdalena magda
agnieszka aga
krzysztof krzysiek krzys
jakub kuba
tomasz tomek
piotr piotrek
pawel pawelek
wojciech wojtek
bartosz bartek bartlomiej
stanislaw staszek
aleksandra ola
zofia zosia sofia
ewa ewka
gheorghe gigi george ghita
ionut ion ionel nelu
constantin costel costi
alexandru alex sandu
maria mary marie mariana
mihai mihail misu
stefan fane
elena lena ileana
ekaterina katya
fatima fatma fatemeh fatimah
khadija khadijah hadija
aisha ayesha aysha aicha
yasmin yasmeen yasmine jasmin jasmine
omar umar
usman osman othman uthman
yusuf yousef youssef yousuf
ibrahim ebrahim
ismail ismael
hassan hasan
hussain hussein husain hossain hossein
khalid khaled
mariam maryam miriam
amina aminah ameena
zainab zaynab zeinab zaineb
noor nour nur
jamal gamal
tariq tarek tarik
karim kareem
rahim raheem
saeed said sayeed
sayed syed said
mohammed muhammad mohammad mohamed muhammed mohamad mohd md mehmet mohamud
ahmed ahmad
abdullah abdallah
oluwaseun seun
oluwatobi tobi
chukwuemeka emeka
harpreet preet
manpreet mandy
"""
"""Each line one name; two of a line are a known variant however common both are."""


@cache
def _families() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for place, line in enumerate(FAMILIES.split("\n")):
        for name in line.split():
            found.setdefault(name, set()).add(place)
    return {name: frozenset(places) for name, places in found.items()}


@cache
def _library() -> NickNamer:
    return NickNamer()


@lru_cache(maxsize=16384)
def stems(name: str) -> frozenset[str]:
    """What a name may stand for: itself, its families, and what it is a nickname of."""
    families = {f"#{place}" for place in _families().get(name, ())}
    return frozenset({name, *families, *_library().canonicals_of(name)})


@lru_cache(maxsize=16384)
def are_variants(one: str, other: str) -> bool:
    """Whether one person may bear both; two common names are two names unless listed together."""
    if _families().get(one, frozenset()) & _families().get(other, frozenset()):
        return True
    if min(forename_per_million(one), forename_per_million(other)) >= COMMON:
        return False
    return bool(_close(one) & _close(other))


def _close(name: str) -> frozenset[str]:
    return frozenset({name, *_library().canonicals_of(name)})
