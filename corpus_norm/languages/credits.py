"""Words of the credits of pictures and agencies, as parts of regular expressions."""

from __future__ import annotations

AGENCIES = (
    r"(?:LA PRESSE CANADIENNE|AGENCE FRANCE-PRESSE|THE CANADIAN PRESS|Alamy Stock Photo"
    r"|Crown Copyright|Bloomberg L\.?P\.?(?!\w)|AFP via Getty Images|Agence France-Presse"
    r"|Associated Press|The Associated Press|Getty Images|AP Photo|AP Images"
    r"|Press Association|PA Wire|PA Media|PA Images|La Presse Canadienne|The Canadian Press"
    r"|Canadian Press|Keystone-ATS|Hans Lucas|Bestimage|Icon Sport|EPA-EFE|MaxPPP|MAXPPP"
    r"|Shutterstock|iStock|Unsplash|Bloomberg|REUTERS|Reuters|Anadolu|Keystone|Imago|IMAGO|Alamy"
    r"|Belga|BELGA|Abaca|ABACA|Sipa|SIPA|Xinhua|Kyodo|Yonhap|TASS|ANSA|AFP|EPA|EFE|DPA|dpa|UPI"
    r"|ATS|PTI|ANI|AAP|ANP|APA|NTB|TT|AP|PA)"
)
"""Agencies and picture libraries as they sign, those of several words first."""

HAN_AGENCIES = (
    r"(?:新华社|新華社|中新社|中新网|人民网|法新社|路透社?|美联社|美聯社|视觉中国|視覺中國|东方IC|東方IC"
    r"|中央社|中通社|央视新闻|共同社|韩联社|塔斯社|澎湃新闻|资料图片?|資料照片?)"
)

LABELS = (
    r"(?:(?:file |handout |archive )?photo(?:s|graph)?(?: credits?| courtesy(?: of)?| by|"
    r" d['’](?:illustration|archives?))?|(?:image|picture|pic|illustration|video)s?(?: credits?)?"
    r"|credits?|photo(?:graphie)?s?|cr[ée]dits?(?: photos?)?|illustration)"
)
"""What a credit is called in English and French, before a colon, a bar or a slash."""

HAN_LABELS = (
    r"(?:(?:图源|圖源|(?:图片|圖片|照片|相片|配图|题图|封面|图|圖)(?:来源|來源|提供|版权|版權)?)"
    r"|摄影|攝影|供图|供圖|摄|攝)"
)

_SMALL_WORDS = (
    "by of for via from the and in on at to with file photo photos image images picture credit "
    "courtesy provided supplied handout de du des la le les l d et pour par van von der den el al "
    "da di dos y avec archives fournie com org net fr uk tv"
)
JOINERS = frozenset(_SMALL_WORDS.split())
"""Small words inside a credit."""

RIGHTS = (
    r"rights? |reserved|permission|reproduc|republish|redistribut|rebroadcast|licen[cs]|trademark"
    r"|terms of|droits?\b|réservé|interdit|autorisation|marque déposée|版权|版權|转载|轉載"
    r"|授权|授權"
    r"|许可|許可|著作權|所有|ICP"
)
"""What a notice of rights speaks of, and a credit does not."""

PHOTO_SITES = r"(?:Alamy Stock Photo|AP Photo|PA Wire|PA Images)"
"""Signatures that no sentence begins with."""

HAN_SOURCES = (
    r"(?:翻攝|翻摄|取自|資料照|资料照|資料圖|资料图|檔案照|档案照|檔案圖|档案图|图源|圖源)"
)
"""Words of a Chinese credit in brackets that need no colon."""

FILE_PHOTO = r"(?:file photo|handout|photo d['’]archives?|资料图|資料圖)"

TRAILERS = (
    r"(?:the post .{1,300}? (?:first appeared|appeared first) on "
    r"|(?:this|the) (?:post|article|story|piece|column|essay) "
    r"(?:.{1,300}? )?(?:was )?(?:originally|first) (?:appeared|published) (?:on|in|by|at) "
    r"|(?:l['’]article|cet article|ce billet|le billet|ce contenu|la publication|le post) .{0,300}?"
    r"est (?:(?:apparue?|parue?) en premier"
    r"|(?:d['’]abord|initialement) (?:apparue?|parue?|publiée?))"
    r" (?:sur|dans) )"
)
"""How a feed says where the text was first published."""
