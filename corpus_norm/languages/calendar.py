"""Words of dates: months, weekdays, eras, and what says that a date is a publication's.

All in lower case.  Months and weekdays are keyed by every form that newspapers print, those
without accents too.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def _number(rows: tuple[str, ...], start: int) -> Mapping[str, int]:
    """Words by the place of their row."""
    return MappingProxyType(
        {word: place for place, row in enumerate(rows, start) for word in row.split()}
    )


MONTHS = _number(
    (
        "january jan janvier janv",
        "february feb février fevrier févr fevr fév",
        "march mar mars",
        "april apr avril avr",
        "may mai",
        "june jun juin",
        "july jul juillet juil juill",
        "august aug août aout",
        "september sept sep septembre",
        "october oct octobre",
        "november nov novembre",
        "december dec décembre decembre déc",
    ),
    1,
)
WEEKDAYS = _number(
    (
        "monday mon lundi lun 星期一 周一 週一 礼拜一",
        "tuesday tue tues mardi mar 星期二 周二 週二",
        "wednesday wed mercredi mer 星期三 周三 週三",
        "thursday thu thur thurs jeudi jeu 星期四 周四 週四",
        "friday fri vendredi ven 星期五 周五 週五",
        "saturday sat samedi sam 星期六 周六 週六",
        "sunday sun dimanche dim 星期日 星期天 周日 週日",
    ),
    0,
)
"""As :meth:`datetime.date.weekday` counts."""

ERAS: Mapping[str, int] = MappingProxyType(
    {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "西元": 0, "公元": 0}
)
"""What to add to the year of an era."""

PUBLISHED = (
    r"(?:first |originally |date )?publi(?:shed|cation|sh)\b(?: date| time)?|\bpost(?:ed|ing)\b|"
    r"\bissued\b|\breleased?\b|\bcreated\b|\bwritten\b|\bfiled\b|\bpub\. date\b|"
    r"\bpubliée?s?\b|\bmise? en ligne\b|\bparue?\b|\bparution\b|\bpostée?\b|\bcréée?\b|"
    r"\bécrite? le\b|\brédigée? le\b|\bdate de publication\b|\bdiffusée? le\b|"
    r"发布|發布|發佈|发佈|发表|發表|刊登|刊载|刊載|发稿|發稿|上传时间|上傳時間|发文|發文|"
    r"发帖|發帖|出版|首发|首發|建立|张贴|張貼|公開|公开|上稿"
)
UPDATED = (
    r"\b(?:last )?(?:updated?|modified|edited|revised|reviewed|amended|changed)\b|"
    r"\b(?:mise?s? à jour|mise?s? a jour|màj|maj|modifiée?s?|actualisée?s?|révisée?s?)\b|"
    r"\bdernière modification\b|\bdernière mise\b|"
    r"更新|修改|编辑于|編輯於|修订|修訂|修正|最后编辑|最後編輯"
)
NOT_OF_PUBLICATION = (
    r"\bexpir\w*|\bdeadline\b|\bcopyright\b|©|\bretrieved\b|\baccessed\b|\barchived\b|\bborn\b|"
    r"\bdied\b|\bjoined\b|\bmember since\b|\bregistered\b|\bvalid (?:until|from)\b|\beffective\b|"
    r"\bevent date\b|\bnext\b|\bsince\b|\bdepuis\b|\bjusqu\w*|\buntil\b|\bconsultée? le\b|"
    r"\binscrite? (?:le|depuis)\b|\bexpire\w*|\bnée? le\b|"
    r"注册|註冊|截止|版权|版權|有效期|备案|備案|今天是|今日是"
)

FRENCH = (
    r"\b(?:le|à|du|au|par|publié|mise?|posté|modifié|jour|paru|lundi|mardi|mercredi|jeudi|"
    r"vendredi|samedi|dimanche)\b|\d\s?h\s?\d\d\b"
)
"""What gives a line of a date away as French."""

DAY_FIRST_ZONES = r"\b(?:BST|IST|AEST|AEDT|NZST|NZDT|SAST|CET|CEST|PKT|SGT|HKT|WAT|EAT)\b|£|€"
MONTH_FIRST_ZONES = r"\b(?:EDT|EST|CDT|CST|MDT|MST|PDT|PST|ET|PT)\b"
"""Marks of places that write 3/4 for the 3rd of April, and for the 4th of March."""

MONTH_FIRST_REGIONS = frozenset({"us", "ph", "pr", "gu", "as", "fm", "mh"})
UNSETTLED_REGIONS = frozenset({"ca", "za", "ke", "gh"})
"""Where both orders are in use."""
