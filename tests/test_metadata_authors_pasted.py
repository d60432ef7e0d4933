"""Who wrote a pasted text: the kinds of heads and feet that pages have when copied."""

from __future__ import annotations

import pytest
from test_metadata_authors import CHINESE, ENGLISH, FRENCH, SETTINGS

from corpus_norm import normalize

E, F, Z = ENGLISH.splitlines(), FRENCH.splitlines(), CHINESE.splitlines()


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["Rain stops play", "By Elena Marchetti", *E], ("Elena Marchetti",)),
        (
            ["Deux morts à Brest", "Par Zoé Lemarq", "Publié le 14/02/2025 à 07h12", *F],
            ("Zoé Lemarq",),
        ),
        (
            [
                "Accueil > Bretagne",
                "Le vieux moulin sera démoli",
                "Ouest-Rivage",
                "Maëlle LE GOFF",
                "Publié le 14/02/2025 à 07h12 — Modifié le 14/02/2025 à 11h48",
                *F,
            ],
            ("Maëlle LE GOFF",),
        ),
        (
            [
                "LE HÉRON LIBRE",
                "Jeudi 6 mars 2025",
                "Le vieux moulin sera démoli",
                "Par Zoé Lemarq et Luc Perrin",
                "zlemarq@heron.example",
                *F,
            ],
            ("Zoé Lemarq", "Luc Perrin"),
        ),
        (["Le vieux moulin sera démoli", "Par la rédaction", "Publié hier à 09:01", *F], ()),
        (["Le vieux moulin sera démoli", "La rédaction avec AFP", "Publié hier à 09:01", *F], ()),
        (["Le vieux moulin sera démoli", "Par Zoé LEMARQ avec AFP", *F], ("Zoé LEMARQ",)),
        (["Le vieux moulin sera démoli", *F, "Zoé LEMARQ"], ("Zoé LEMARQ",)),
        (["Le vieux moulin sera démoli", *F, "Propos recueillis par Zoé Lemarq"], ("Zoé Lemarq",)),
        (["Le vieux moulin sera démoli", *F, "Z. L."], ("Z. L.",)),
        (
            ["Rain stops play", "Elena Marchetti, Bo Tanaka & Cy Orr | AFP", *E],
            ("Elena Marchetti", "Bo Tanaka", "Cy Orr"),
        ),
        (["Rain stops play", "Elena Marchetti | The Gull", "3 May 2025", *E], ("Elena Marchetti",)),
        (["Rain stops play", "By Dr. Elena Marchetti", *E], ("Elena Marchetti",)),
        (
            ["Rain stops play", "By Dr Elena Marchetti and Bo Tan, Gull", *E],
            ("Elena Marchetti", "Bo Tan"),
        ),
        (
            ["Le vieux moulin sera démoli", "Reportage de Zoé Lemarq", "3 mai 2025", *F],
            ("Zoé Lemarq",),
        ),
        (["Le vieux moulin sera démoli", "Dossier de presse", "3 mai 2025", *F], ()),
        (
            [
                "Le vieux moulin du port sera démoli au printemps",
                "mer 14 mai 2025 ▪ 3 min ▪ par Zoé L.",
                *F,
            ],
            ("Zoé L.",),
        ),
        (
            [
                "Rain stops play again at the old ground, fans say",
                "by Elena Marchetti, Weather Editor",
                *E,
            ],
            ("Elena Marchetti",),
        ),
        (
            [
                "Gull Robotics Names Elena Marchetti Chief Executive Officer",
                "LYON, May 14, 2025 (GLOBE NEWSWIRE) --",
                *E,
            ],
            (),
        ),
        (
            ["Opinion", "“Rain is no excuse”", "Elena Marchetti", "Columnist", "14 May 2025", *E],
            ("Elena Marchetti",),
        ),
        (["河边老磨坊明年春天拆除", "王小雨　2025年3月22日 19:30", *Z], ("王小雨",)),
        (["河边老磨坊明年春天拆除", "周敏 | 2025-03-22", *Z], ("周敏",)),
        (["河边老磨坊明年春天拆除", "文旅 2025-03-22 10:20", *Z], ()),
        (["Le vieux moulin sera démoli", *F, "Z.L. avec AFP"], ("Z.L.",)),
        (
            [
                "深度｜河边老磨坊明年春天拆除",
                "原创 林小雨 河边观察 2025年03月22日 19:30 云南",
                "点击上方蓝字关注我们",
                *Z,
                "— END —",
                "作者：林小雨",
                "编辑：小满",
            ],
            ("林小雨",),
        ),
        (["深度｜河边老磨坊明年春天拆除", "原创： 林小雨 河边观察 今天", *Z], ("林小雨",)),
        (["深度｜河边老磨坊明年春天拆除", "林小雨 河边观察 2025-03-22", *Z], ("林小雨",)),
        (["深度｜河边老磨坊明年春天拆除", "河边观察 2025-03-22 19:30", *Z], ()),
        (["深度｜河边老磨坊明年春天拆除", "文 | 林小雨", "编辑 | 陈大同", *Z], ("林小雨",)),
        (
            [
                "深度｜河边老磨坊明年春天拆除",
                "2025-01-16 08:42:11　来源: 河边晚报",
                "河北  举报",
                *Z,
            ],
            (),
        ),
        (
            [
                "首页 > 财经 > 正文",
                "河边老磨坊明年春天拆除",
                "2025年04月29日 21:36 河边财经",
                "作者：林小雨",
                *Z,
                "责任编辑：王若云",
            ],
            ("林小雨",),
        ),
        (
            [
                "自由河報 > 生活 > 新聞",
                "老磨坊明春拆除",
                "2024/10/02 20:15",
                "〔記者林小雨／台東報導〕" + Z[0],
                *Z[1:],
            ],
            ("林小雨",),
        ),
        (
            [
                "老磨坊明春拆除",
                "（中央社記者林小雨台北5日電）" + Z[0],
                *Z[1:],
                "（編輯：陳大同）1130305",
            ],
            ("林小雨",),
        ),
        (
            [
                "BTC $97,412.08 +2.41%",
                "RiverPost",
                "Subscribe",
                "Log in",
                "Home / Markets",
                "Old mill to make way for cars",
                "By Elena Marsh",
                "Edited by Paul Ray",
                "Jan 21, 2025, 3:15 p.m. UTC",
                "3 min read",
                *E,
            ],
            ("Elena Marsh",),
        ),
        (
            ["Old mill to make way for cars", "Elena Marsh", "Jan 21, 2025", "∙ Paid", *E],
            ("Elena Marsh",),
        ),
        (["Old mill to make way for cars", "ELENA MARSH", "JAN 21, 2025", *E], ("ELENA MARSH",)),
        (
            [
                "Old mill to make way for cars",
                "Elena Marsh and Paul Ray",
                "Published 3 May 2024",
                *E,
            ],
            ("Elena Marsh", "Paul Ray"),
        ),
        (
            [
                "Old mill to make way for cars",
                "Elena Marsh, Environment Correspondent",
                "Published 3 May 2024",
                *E,
            ],
            ("Elena Marsh",),
        ),
        (
            [
                "Old mill to make way for cars",
                "Elena Marsh",
                "Environment Correspondent",
                "Published 3 May 2024",
                *E,
            ],
            ("Elena Marsh",),
        ),
        (
            ["Old mill to make way for cars", "@elenamarsh", "Published 3 May 2024", *E],
            ("elenamarsh",),
        ),
        (["Old mill to make way for cars", "Associated Press", "Published 3 May 2024", *E], ()),
        (
            ["Old mill to make way for cars", "By Associated Press", "Published 3 May 2024", *E],
            ("Associated Press",),
        ),
        (["Home", "News", "Sport", "Old mill to make way for cars", "May 3, 2024", *E], ()),
        (
            [
                "Menu",
                "Sign In",
                "Old mill to make way for cars",
                "May 3, 2024",
                *E,
                "Share",
                "Related",
                "By Kai Voss",
                "By Cy Orr",
            ],
            (),
        ),
        (
            ["# Old mill to make way for cars", "**By Elena Marsh**", "_May 3, 2024_", *E],
            ("Elena Marsh",),
        ),
        (
            [
                "# Old mill to make way for cars",
                "By [Elena Marsh](https://x.example/em) | May 3, 2024",
                *E,
            ],
            ("Elena Marsh",),
        ),
        (
            [
                "---\nauthors:\n  - Elena Marsh\n  - Paul Ray\ndate: 2024-05-03\n---",
                "# Old mill to make way for cars",
                *E,
            ],
            ("Elena Marsh", "Paul Ray"),
        ),
        (
            [
                "---\ntitle: Old mill\nauthors: [Elena Marsh, Paul Ray]\n---",
                "# Old mill to make way for cars",
                *E,
            ],
            ("Elena Marsh", "Paul Ray"),
        ),
        (
            [
                '---\ntitle: Old mill\nauthor: "Elena Marsh"\n---',
                "# Old mill to make way for cars",
                *E,
            ],
            ("Elena Marsh",),
        ),
        (
            [
                "Old mill to make way for cars",
                "By Elena Marsh",
                *E,
                "Elena Marsh",
                "Elena covers rivers from Lisbon. She previously worked at Gull.",
            ],
            ("Elena Marsh",),
        ),
        (
            [
                "Old mill to make way for cars",
                *E,
                "About the author",
                "Elena Marsh is a writer in Lisbon.",
            ],
            ("Elena Marsh",),
        ),
    ],
)
def test_authors_of_pasted_text(lines, names, gap):
    data = gap.join(lines).encode()
    assert normalize(data, SETTINGS, media_type="text/plain").authors == names
