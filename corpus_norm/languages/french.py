"""The record of French."""

from __future__ import annotations

from corpus_norm.languages.french_loans import LOANS
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
from corpus_norm.languages.stops import StopStyle

FRENCH = Language(
    code="fr",
    name="French",
    langdetect="fr",
    argos="fr",
    abbreviations=_words(
        "m mm mme mmes mlle mlles dr drs pr me mes mgr st ste sts gal cel col cdt cap cne lt adj "
        "prof env cf p.ex"
    ),
    stops=StopStyle(
        doubtful=_words("av apr bd boul ex éd dép arr janv févr fév avr juil sept oct nov déc"),
        numbered=_words(
            "no nos n art arts al chap p pp fig figs t vol vols v liv sect réf tél max"
        ),
        lettered=_words(
            "vitamine vitamines plan hépatite classe groupe catégorie annexe point option type "
            "bâtiment zone terminal"
        ),
        days=_words("lun mar mer jeu ven sam dim"),
        months=_words(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
            "janv févr fév avr juil sept oct nov déc"
        ),
    ),
    loans=LOANS,
    typography="«[ \u00a0\u202f]|[ \u00a0\u202f]»|\\w[ \u00a0\u202f][?!](?:\\s|$)",
    stopwords=_words(
        "à au aux avec ce ces cette comme dans de depuis des deux du elle elles en entre est "
        "et été être il ils je la le les leur leurs lui mais même ne nous on ont ou où par pas "
        "plus pour qu que qui sa sans se selon ses si son sont sur tout très un une vous y"
    ),
    common_words=_words(
        "abonnement abonnements abonner abonnez abonné abonnés accepter accueil actu "
        "actualité actualités actus adresse affaires afficher aide aimez ajouter annonce "
        "annonces annuler après archives aujourd auteur auteurs autre autres avis avril "
        "besoin bienvenue bourse boutique chaîne cherche chercher choisir choix chronique "
        "chroniques cliquez commentaire commentaires compte confidentialité connecter "
        "connectez connexion consulter consultez contenu contenus continuer cookies "
        "courriel courrier cuisine dernier derniers dernière dernières dimanche disponible "
        "donner dossier dossiers droits découvrez découvrir emploi emplois encore "
        "enregistrer entreprise entreprises entretien envoyer espace fermer fil gratuit "
        "gratuitement groupe heure heures hier ici idées imprimer inscription inscrire "
        "inscrivez internationale jeudi jeux jour journal journaux jours juillet juin "
        "lecteur lecteurs lettre lettres lien liens lire liste lundi légales légende "
        "marchés mardi merci mercredi mieux modifier mois monde météo nos notre nouveau "
        "nouveautés nouveaux nouvelle nouvelles numéro offre offres ouvrir partager "
        "partagez partenaire partenaires passe peut politique pourquoi produits profil "
        "propos proposer précédent publicité publier publié quotidien recevez recevoir "
        "recherche rechercher rejoindre reportage reportages reproduction retour retrouvez "
        "rubrique rubriques réaction réactions réagir rédaction régions répondre réponse "
        "réseaux réservé réservés résultats samedi santé semaine semaines sommaire "
        "souscrire suivant suivez suivre sujet sujets supprimer sélection tous toute toutes "
        "trouver télécharger utilisateur utilisation valider vendredi vers vidéo vidéos "
        "voir vos votre voyage écouter écoutez écrire éditeur édition élections "
        "ai as aussi avez avons bien donc es faire fait j ma mes moi mon peu pouvez pouvons quand "
        "rien sommes suis ta te tes toi ton tu ça étaient était êtes"
    ),
    numbers=NumberStyle(
        decimal=",",
        group=".",
        loose_group=True,
        words=values(
            "0 zéro, 1 un une, 2 deux, 3 trois, 4 quatre, 5 cinq, 6 six, 7 sept, 8 huit, "
            "9 neuf, 10 dix, 11 onze, 12 douze, 13 treize, 14 quatorze, 15 quinze, 16 seize, "
            "20 vingt vingts, 30 trente, 40 quarante, 50 cinquante, 60 soixante, 70 septante, "
            "80 huitante octante, 90 nonante"
        ),
        scales=values(
            "100 cent cents, 1000 mille milles k, 1e6 million millions m mio, "
            "1e9 milliard milliards md mds mrd mrds, 1e12 billion billions, 1e18 trillion "
            "trillions"
        ),
        fractions=values(
            "1/2 demi demie demis, 1/3 tiers, 1/4 quart quarts, 1/5 cinquième cinquièmes, "
            "1/6 sixième sixièmes, 1/7 septième septièmes, 1/8 huitième huitièmes, "
            "1/9 neuvième neuvièmes, 1/10 dixième dixièmes, 1/100 centième centièmes"
        ),
        others=readings(
            "1 unième premier première premiers premières premièrement, 2 deuxième deuxièmes "
            "second seconde secondes double doubles doublé doublée doublés doubler double doublent "
            "doublant couple couples paire paires jumeaux duo deuxièmement bis, "
            "3|1/3 troisième tiers, 3 triple triplé triplée tripler triplent trio troisièmes, "
            "4|1/4 quatrième, 4 quadruple quadruplé quadrupler, 5|1/5 cinquième, 6|1/6 sixième, "
            "7|1/7 septième, 8|1/8 huitième, 9|1/9 neuvième, 10|1/10 dixième, 11 onzième, "
            "12 douzième douzaine, 13 treizième, 14 quatorzième, 15 quinzième, 16 seizième, "
            "20 vingtième vingtaine, 30 trentième trentaine, 40 quarantième quarantaine, "
            "50 cinquantième cinquantaine, 60 soixantaine, 100 centième centaine, 1000 millier "
            "millième millénaire, 10|12 dizaine, 15|14|2 quinzaine, 1/2 moitié demi demie "
            "mi, 1/4|4 "
            "quart, 10 décennie, 100 siècle, 2|10 décennies, 2|100 siècles"
        ),
        vague=values("10 dizaines, 12 douzaines, 100 centaines, 1000 milliers"),
        loose=_words(
            "un une neuf décennie décennies siècle siècles quart millénaire trio couple tiers "
            "quarantaine six-mois"
        ),
        before=_words("plusieurs quelques des les ces"),
        joiners=_words("et"),
        articles=_words("un une"),
        ranges=_words("à et ou au aux jusqu - – — ~"),
        currencies=codes(
            "USD|CAD|AUD|HKD|SGD|TWD|NZD $ dollar dollars, USD us$ $us usd "
            "dollars_américains dollars_us, EUR € euro euros eur, GBP £ livre livres sterling "
            "gbp, JPY yen yens jpy, JPY|CNY ¥, CNY yuan yuans renminbi rmb cny, HKD hk$, "
            "CAD $ca dollars_canadiens, AUD dollars_australiens, KRW|? won wons, INR roupie "
            "roupies, "
            "RUB rouble roubles, CHF francs_suisses chf, CHF|XOF franc francs fcfa, "
            "BTC bitcoin bitcoins btc"
        ),
        percents=names(
            "% % ％ pour_cent pourcent p._cent, "
            "pp points_de_pourcentage point_de_pourcentage points_de_% pp pts_de_%, "
            "bp points_de_base point_de_base pdb pb, permille ‰ pour_mille, ? points point pts pt"
        ),
        units=names(
            "year an ans année années, month mois, week semaine semaines, day jour jours "
            "journée journées, hour heure heures h, minute minute minutes min, second seconde "
            "secondes, decade décennie décennies, century siècle siècles, km km kilomètre "
            "kilomètres, m mètre mètres, mile mile miles, foot pied pieds, kg kg kilo kilos "
            "kilogramme kilogrammes, tonne tonne tonnes, degree degré degrés °c °"
        ),
        months=in_order(
            "janvier|janv|jan février|fevrier|févr|fevr|fév mars avril|avr mai juin "
            "juillet|juill|juil août|aout septembre|sept.|sept|sep octobre|oct novembre|nov "
            "décembre|decembre|déc"
        ),
        weekdays=in_order("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        idioms=("tiers monde", "tiers-monde", "mille-feuille", "mille fois"),
        joined=_words("un une onze"),
        minus=frozenset({"moins", "négative de", "négatif de", "négatives de", "négatifs de"}),
        below=frozenset({"sous zéro", "au-dessous de zéro", "en dessous de zéro", "sous le zéro"}),
        falls=_words(
            "baiss- recul- chut- perd- perte pertes repli- déclin- dimin- rédui- réduc- négati- "
            "défici- contract- décr- dégring- plong- céd- cède cèdent fléch- inféri- amput- "
            "retrait récess- ralent- régress- gel gelée gelées gèle froid rabais remise remises"
        ),
        noon=values("720 midi, 0 minuit"),
        past=values(
            "30 et_demie et_demi, 15 et_quart, -15 moins_le_quart moins_quart, -5 moins_cinq, "
            "-10 moins_dix, -20 moins_vingt, -25 moins_vingt-cinq, 5 cinq, 10 dix, 15 quinze, "
            "20 vingt, 25 vingt-cinq, 30 trente, 35 trente-cinq, 40 quarante, 45 quarante-cinq, "
            "50 cinquante, 55 cinquante-cinq"
        ),
        day_parts=values(
            "0 du_matin au_matin dans_la_matinée, "
            "720 du_soir de_l'après-midi de_l’après-midi dans_la_soirée dans_l'après-midi"
        ),
        full_day=True,
        at=_words("à vers dès"),
        late=_words("soir soirée après-midi nuit"),
        dates="dmy",
        periods=periods(
            "quarter-1 premier_trimestre 1er_trimestre t1, "
            "quarter-2 deuxième_trimestre second_trimestre 2e_trimestre 2ème_trimestre t2, "
            "quarter-3 troisième_trimestre 3e_trimestre 3ème_trimestre t3, "
            "quarter-4 quatrième_trimestre 4e_trimestre 4ème_trimestre t4, "
            "half-year-1 premier_semestre 1er_semestre s1, "
            "half-year-2 second_semestre deuxième_semestre 2e_semestre 2nd_semestre s2"
        ),
        out_of=_words("sur"),
        ordinal_marks=_words("er re ère e è ème eme ième nd nde"),
    ),
    denials=NegationStyle(
        words=(
            "sans",
            "aucun",
            "aucune",
            "aucunement",
            "jamais",
            "nullement",
        ),
        near=_words(
            "pas non rien plus guère jamais peu seul seule seulement sauf défense interdit "
            "interdite "
            "interdits interdites interdire interdiction refus refuse refusé refuser "
            "refusent éviter "
            "évite évité exclu exclure exclut manque manquent manqué manquer plutôt avant "
            "loin moins "
            "empêcher empêche empêché faute contre hors ni nul nulle échec échoué échouer ignorer "
            "ignore rejeté rejeter rejette mal difficile difficilement rare rarement "
            "absence absent"
        ),
        affixes=(
            r"(?:refus|renon|manqu|interdi|empêch|évit|rejet|exclu)\w+",
            r"(?:in|im|ir|il|dé|dés|més?|non|anti)-?[a-zé]{3,}",
        ),
        openers=_words("ne n"),
        closers=_words("pas jamais rien aucun aucune personne nullement aucunement guère ni"),
        idioms=(
            "sans doute",
            "sans cesse",
            "sans précédent",
            "n'est-ce pas",
            "non seulement",
            "pas seulement",
            "pas que",
            "plus que jamais",
            "pas moins",
            "sans abri",
            "sans-abri",
            "sans-papiers",
            "sans égal",
            "n’est-ce pas",
            "pas uniquement",
            "sans compter",
            "sans parler",
            "sans aucun doute",
            "sans surprise",
            "sans conteste",
            "sans équivoque",
            "pas mal",
            "pas loin",
            "à jamais",
            "comme jamais",
            "si jamais",
            "non sans",
            "sans oublier",
            "sans faute",
            "sans relâche",
            "sans fil",
            "sans répit",
        ),
    ),
    english_length=0.9,
    english_spread=2.4,
    elided=_words("l d qu n s c j m t jusqu lorsqu puisqu quoiqu"),
    acronyms=_words(
        "ONU OTAN UE URSS PIB PNB FMI OMC OMS BCE BEI CEDH CPI CIJ OCDE OPEP ONG PME TPE TVA PDG "
        "DG ADN ARN SIDA VIH OGM IVG PMA UA RDC RDA RFA OLP AIEA ALENA CEDEAO CICR HCR OIT OIM PAM "
        "PNUD CEE CIO AMA JO IA IRM RH QG ZEE TPI TPIY OVNI SDF EAU GIEC PAC RGPD IDE OACI OEA CAN "
        "LDC EI USA BD CV JT PV TV VTT DVD HLM TNT RTT CDI CDD"
    ),
)
