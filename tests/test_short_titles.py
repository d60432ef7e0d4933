"""The language of titles of a few words, some of them another language's."""

from __future__ import annotations

import pytest

from corpus_norm.language import detect

TITLES = {
    "zh-Hans": """
        Nokia 发布 Lumia 930 Pro Max
        Microsoft 收购 Activision Blizzard
        OpenAI 推出 GPT-4o mini
        Tesla Model Y 降价
        Elon Musk 收购 Twitter
        Google Pixel 8 Pro 评测
        Samsung Galaxy S24 Ultra 体验
        PlayStation 5 Pro 来了
        Huawei Mate 60 Pro 开售
        ChatGPT Plus 涨价
        NVIDIA GeForce RTX 4090 停产
        Intel Core i9 发布
        东京奥运开幕
        国会议员辞职
        首相宣布辞职
        给予定期补贴
        与党中央保持一致
        成为替代方案
        传统工艺展
    """,
    "zh-Hant": """
        Nokia 發表 Lumia 930 Pro Max
        Google Pixel 8 Pro 評測
        東京奧運開幕
        現職議員選出
        國會議員辭職
        臺北市長選舉
        關東大雨警報
        圖書館休館
        傳統工藝展
        地方選舉結果
        成為替代方案
        意見通過表決
    """,
    "ja": """
        大阪府知事選挙、新人当選
        新型車発売
        震度五弱地震発生
        東京地裁判決
        円安進行
        駅前再開発計画
        国会議員逮捕
        神戸で火事
        株式市場続落
        衆院選投開票
        首相会見
        電気料金値上
        学校給食無料
        気象庁発表
        日銀総裁会見
        全国高校野球開幕
        Nokia、Lumia 930を発表
        関東大雨警報
        図書館休館
        伝統工芸展
        地方選挙結果
        与党敗北
        為替介入
        歌舞伎俳優死去
        関西空港閉鎖
        広辞苑改訂
    """,
    "fr": """
        La « slow food » made in Italie
        Comment ? Un « think tank » ?
        Le best of du week-end
        Le big data au service du marketing
        Les start-up de la French Tech lèvent des fonds
        Brexit : le no deal en ligne de mire
        Fashion week : le show Exemple
        Le come-back du low cost
        Top 10 des podcasts
        Un « fact checking » s’impose
        Le football business
        C’est quoi le « greenwashing » ?
        « Game over » pour le club
        Une start-up made in Lyon
        Le retour du vintage
        Le second hand cartonne
        Le quick commerce s’essouffle
        Mode : le second hand cartonne
        « America first » ? Vraiment ?
        « Too big to fail » ? Non.
        « Me too » : encore
        Le Washington Post supprime des postes
        La French Tech recrute
        Les Bleus gagnent
    """,
    "en": """
        Le Pen wins first round
        Les Misérables is back on Broadway
        What is a « hedge fund »?
        The return of Le Monde
        Soft power, made in France
        Xi Jinping (习近平) visits
        Wang Yi 王毅 says no
        Nvidia (英伟达) shares rise
        How to say “bonjour”
        The best of du Maurier
        Best of the weekend
        Tesla Model 3 review
        Paris fashion week opens
        Made in China
        Le Creuset recalls pans
        Tour de France stage 5 results
        Bon Appétit sues Condé Nast
        Chez Panisse turns 50
        La Perla files for bankruptcy
        Grand Prix de Monaco results
        Crédit Agricole profits rise
        Les Bleus beat Wales
        “Le Monde” wins a prize
        The Beatles reunite
    """,
}


@pytest.mark.parametrize(
    ("language", "title"),
    [(code, line.strip()) for code, lines in TITLES.items() for line in lines.strip().split("\n")],
)
def test_a_title_is_in_the_language_that_a_reader_would_name(language, title):
    assert detect(title).language == language
