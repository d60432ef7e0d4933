"""Words of Japanese in Han characters alone, which Chinese writes otherwise or does not have."""

from __future__ import annotations

KANJI_WORDS = (
    "株式|都議|知事選|都知事|衆院|地裁判決|高裁判決|容疑者|(?<!公)開催|無料|台風|万博開|大阪万博|大相撲"
    "|初場所|当確|東証|日銀|日経|与野党|値上|値下|取引所|申込|続投|続落|続伸|反発|(?<!天)津波|野球"
    "|与党(?=敗北|大敗|惨敗|勝利|過半数|協議)|野党(?=敗北|勝利|共闘)|(?<!成)為替(?!代|身|補|換|罪|死|他|她|我|你)"
    "|伝[統説承染達]|工芸|歌舞伎|俳優|[高地]裁、|新幹線延伸|会見|気温|天気|人気|切手|映画|首都圏|府警察|県警|警視|選手権|注意報"
    "|(?<![给給授赋賦准寄赐賜免])予(?:[想報約選告]|算案|定日)"
)
"""A regular expression; common in headlines, less what stands inside Chinese phrases."""
