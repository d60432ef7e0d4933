"""The record of English."""

from __future__ import annotations

from corpus_norm.languages.numerals import (
    NegationStyle,
    NumberStyle,
    codes,
    in_order,
    names,
    periods,
    readings,
    values,
)
from corpus_norm.languages.record import Language
from corpus_norm.languages.record import words as _words
from corpus_norm.languages.stops import StopStyle, speech_after

ENGLISH = Language(
    code="en",
    name="English",
    langdetect="en",
    argos="en",
    prior=0.75,  # menus and buttons are in English on pages of any language
    abbreviations=_words(
        "mr mrs ms messrs dr prof gen col capt cmdr adm lt sgt cpl pvt maj brig gov sen rep reps "
        "rev hon pres supt insp det atty msgr st mt ft vs e.g i.e cf approx"
    ),
    stops=StopStyle(
        doubtful=_words(
            "dept univ assn ave blvd rd esq m.d jan feb mar apr jun jul aug sept sep oct nov dec "
            "ala ariz ark calif colo conn del fla ga ill ind kan ky mass md mich minn miss mo mont "
            "neb nev okla ore pa tenn tex va vt wash wis wyo"
        ),
        numbered=_words("no nos vol vols fig figs p pp art arts sec ch chap para eq ed cl n v"),
        lettered=_words(
            "a an vitamin vitamins plan hepatitis class group category grade type section exhibit "
            "appendix point option block gate terminal team unit zone tier"
        ),
        days=_words("mon tue tues wed weds thu thur thurs fri sat sun"),
        months=_words(
            "january february march april may june july august september october november december "
            "jan feb mar apr jun jul aug sept sep oct nov dec"
        ),
        clock=_words(
            "monday tuesday wednesday thursday friday saturday sunday et est edt ct cst cdt pt pst "
            "pdt mt mst mdt gmt utc bst cet cest ist jst hkt sgt aest aedt eastern pacific central "
            "mountain"
        ),
        speech=speech_after(
            "said says asked asks replied added told wrote shouted cried exclaimed"
        ),
    ),
    stopwords=_words(
        "a about after all also an and any are as at be been but by can could did do for from "
        "had has have he her his how i if in into is it its more most no not of on one or our "
        "out over said she so some than that the their them then there these they this to up "
        "was we were what when which who will with would you your"
    ),
    common_words=_words(
        "account add advertise advertisement again ago all analysis app apps back bookmark "
        "recalls sues "
        "breaking browse business buy careers change click close comment comments copyright "
        "couldn deals delete didn discover doesn don download edit edition editor editorial "
        "editors email enter entertainment events featured feedback fields find follow food "
        "forgot free friday friend full gallery get go groups hadn hasn haven health help "
        "here hide home hour hours how isn jobs join keep latest learn letters lifestyle "
        "like links listen live ll load loading local log login logout magazine mail manage "
        "market markets me meet members monday money month months my name need never new "
        "news newsletter newsletters newspaper newsroom next no now opinion opinions order "
        "other others our own password people pick picks please podcasts popular post "
        "posted posts previous print privacy profile published rating reader readers "
        "reading recent recommended register related remove reply report reporter reserved "
        "results reviews rights saturday save search see selected send settings share "
        "shopping shouldn show shows sign skip sports stories story subscribe subscribers "
        "subscription sunday support tech terms thank thanks thursday tips today tomorrow "
        "top topic topics travel trending try tuesday unsubscribe update updated updates us "
        "use user users ve via view views visit vote want wasn watch weather wednesday week "
        "weekend weekly weeks welcome weren why women work wouldn write writer writers year "
        "years yes yesterday your yours "
        "am anything being does doing everything front him just leisure me might mine my myself "
        "nothing shall she something very"
    ),
    numbers=NumberStyle(
        words=values(
            "0 zero, 1 one, 2 two, 3 three, 4 four, 5 five, 6 six, 7 seven, 8 eight, 9 nine, "
            "10 ten, 11 eleven, 12 twelve, 13 thirteen, 14 fourteen, 15 fifteen, 16 sixteen, "
            "17 seventeen, 18 eighteen, 19 nineteen, 20 twenty, 30 thirty, 40 forty, 50 fifty, "
            "60 sixty, 70 seventy, 80 eighty, 90 ninety"
        ),
        scales=values(
            "100 hundred, 1000 thousand k, 1e6 million m mn mln, 1e9 billion bn b, "
            "1e12 trillion tn trn"
        ),
        fractions=values(
            "1/2 half halves, 1/3 third thirds, 1/4 quarter quarters, 1/5 fifth fifths, "
            "1/6 sixth sixths, 1/7 seventh sevenths, 1/8 eighth eighths, 1/9 ninth ninths, "
            "1/10 tenth tenths, 1/100 hundredth hundredths"
        ),
        others=readings(
            "1 first firstly once single a an another, 2 second secondly twice double doubled "
            "doubles doubling both couple pair pairs twin twins twofold dual duo either, "
            "3|1/3 third, 3 thirdly triple tripled triples tripling thrice threefold trio, "
            "4|1/4 fourth, 4 quadruple quadrupled fourfold quartet, 5|1/5 fifth, "
            "5 fivefold quintupled, "
            "6|1/6 sixth, 7|1/7 seventh, 8|1/8 eighth, 9|1/9 ninth, 10|1/10 tenth, 10 tenfold "
            "decade, 11 eleventh, 12 twelfth dozen, 13 thirteenth, 14 fourteenth, "
            "15 fifteenth, 16 sixteenth, 17 seventeenth, 18 eighteenth, 19 nineteenth, "
            "20 twentieth, 30 thirtieth, 40 fortieth, 50 fiftieth, 100 hundredth century, "
            "1000 thousandth millennium, 14|15|2 fortnight, 1/2 half halves halved, "
            "1/4|4 quarter, 20 twenties, 30 thirties, 40 forties, 50 fifties, 60 sixties, "
            "70 seventies, 80 eighties, 90 nineties, 2|10 decades, 2|100 centuries"
        ),
        vague=values(
            "10 tens, 12 dozens, 20 scores, 100 hundreds, 1000 thousands, 1e6 millions, "
            "1e9 billions, 1e12 trillions"
        ),
        loose=_words("one a decade decades century centuries quarter millennium dozen trio"),
        before=_words("several few some many multi"),
        joiners=_words("and"),
        articles=_words("a an"),
        ranges=_words("to and or through until till - – — ~"),
        currencies=codes(
            "USD|CAD|AUD|HKD|SGD|TWD|NZD $ dollar dollars, USD us$ usd us_dollar us_dollars "
            "u.s._dollar u.s._dollars american_dollars buck bucks, EUR € euro euros eur, "
            "GBP £ sterling gbp, GBP|? pound pounds, JPY yen jpy, JPY|CNY ¥ ￥, CNY yuan "
            "renminbi rmb cny, "
            "HKD hk$ hkd hong_kong_dollars, CAD c$ ca$ cad canadian_dollars, TWD nt$ twd, "
            "AUD a$ aud australian_dollars, SGD s$ sgd, KRW krw ₩, KRW|? won, INR rupee "
            "rupees inr ₹, "
            "RUB rouble roubles ruble rubles rub ₽, CHF swiss_francs chf, "
            "CHF|XOF franc francs, BTC bitcoin bitcoins btc"
        ),
        percents=names(
            "% % ％ percent per_cent pct, pp percentage_points percentage_point percent_points "
            "percent_point pp ppt ppts, bp basis_points basis_point bps bp, "
            "permille ‰ per_mille per_mil per_thousand per_1,000, ? points point"
        ),
        units=names(
            "year year years yr yrs, month month months, week week weeks, day day days, "
            "hour hour hours hr hrs h, minute minute minutes min mins, second seconds, "
            "decade decade decades, century century centuries, km km kilometer kilometers "
            "kilometre kilometres, m meter meters metre metres, mile mile miles, "
            "foot foot feet ft, kg kg kilo kilos kilogram kilograms, tonne ton tons tonne "
            "tonnes, pound lb lbs, degree degree degrees °c °f °"
        ),
        months=in_order(
            "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug "
            "september|sept|sep october|oct november|nov december|dec"
        ),
        weekdays=in_order("monday tuesday wednesday thursday friday saturday sunday"),
        out_of=_words("in of"),
        ordinal_marks=_words("st nd rd th"),
        minus=_words("minus negative"),
        below=frozenset({"below zero", "below freezing", "of frost"}),
        falls=_words(
            "minus negative below sub-zero subzero freezing frost cold down downturn fall- fell "
            "drop- declin- decreas- lose loses losing loss losses lost lower- less deficit- "
            "short shortfall slump- slid- slip- plung- dip dips dipped dipping tumbl- retreat- cut "
            "cuts cutting reduc- "
            "shrink- shrank shrunk contract- off under basement weak- slow- recession shed sheds "
            "sank sink- shave- trim- worse- red discount- depreciat- erod- crash- plummet- collaps-"
        ),
        noon=values("720 noon midday, 0 midnight"),
        past=values(
            "30 half_past, 15 quarter_past quarter_after, -15 quarter_to quarter_before quarter_of"
        ),
        past_first=True,
        day_parts=values(
            "0 a.m am a.m. in_the_morning, 720 p.m pm p.m. in_the_afternoon in_the_evening at_night"
        ),
        periods=periods(
            "quarter-1 first_quarter 1st_quarter q1 1q, "
            "quarter-2 second_quarter 2nd_quarter q2 2q, "
            "quarter-3 third_quarter 3rd_quarter q3 3q, "
            "quarter-4 fourth_quarter 4th_quarter q4 4q, "
            "half-year-1 first_half first_semester first_six_months h1 1h, "
            "half-year-2 second_half latter_half second_semester h2 2h"
        ),
        eras=values(
            "1911 minguo roc r.o.c republic, 2018 reiwa, 1988 heisei, 1925 showa shōwa, "
            "1911 taisho taishō, 1867 meiji, 0 emperor reign era"
        ),
        of_price=(
            r"\s?of\s(?:the\s|its\s|their\s|his\s|her\s|an?\s)?(?:original\s|full\s|list\s|"
            r"regular\s|retail\s|usual\s|normal\s|initial\s|previous\s|former\s|sticker\s)?"
            r"(?:price|cost|fare)s?\b"
        ),
        idioms=(
            "third-party",
            "three gorges",
            "three-dimensional",
            "five-year plan",
            "third party",
            "third parties",
            "third world",
            "third-world",
            "one of",
            "one another",
            "no one",
            "every one",
            "one by one",
        ),
    ),
    denials=NegationStyle(
        words=(
            "not",
            "no",
            "never",
            "none",
            "nobody",
            "nothing",
            "neither",
            "nor",
            "without",
            "cannot",
        ),
        endings=("n't", "n’t"),
        idioms=(
            "not only",
            "no longer than",
            "no doubt",
            "no matter",
            "no. ",
            "no less",
            "not least",
            "not to mention",
            "no fewer",
            "why not",
            "whether or not",
            "no one else",
            "if not",
            "no more than",
            "no later",
            "not just",
            "nothing but",
            "not merely",
            "not simply",
        ),
        near=_words(
            "fail failed fails failing failure lack lacks lacked lacking refuse refused refuses "
            "refusing refusal deny denied denies denying denial hardly barely scarcely rarely "
            "seldom few little only except but although though despite however instead rather "
            "avoid avoided avoiding prevent prevented prevents preventing stop stopped stops "
            "ban banned bans prohibit prohibited forbid forbidden reject rejected rejects "
            "absence absent missing miss missed free void less least beyond against far away "
            "yet still until before than other another different otherwise too short lose lost "
            "losing zero end ended ends cease ceased drop dropped exclude excluded excluding "
            "low low-key rule ruled out ex minus neglect neglected ignore ignored ignoring "
            "remain remains remained doubt doubts doubtful exempt exempted un non anti bad poor "
            "badly poorly wrong insufficient weak loath reluctant decline declined declines "
            "oppose opposed opposition abandon abandoned abandons quit skip nowhere empty "
            "regardless everything everyone any anything anyone ever last alone"
        ),
        affixes=(
            r"(?:un|in|im|ir|il|dis|non|mis|de|anti)-?[a-z]{3,}",
            r"[a-z]{2,}less(?:ly|ness)?",
        ),
    ),
)
