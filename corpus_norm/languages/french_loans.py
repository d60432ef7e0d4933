"""English words and phrases that French titles are full of."""

from __future__ import annotations

_LISTED = (
    "best of, made in, no deal, one man show, one woman show, making of, must have, game over, "
    "black friday, french tech, fashion week, fashion weeks, low cost, prime time, happy hour, "
    "happy few, has been, big data, big bang, fake news, hedge fund, hedge funds, soft power, "
    "hard power, cancel culture, open data, open space, start up, start ups, turn over, off, "
    "black out, fast food, drive in, think tank, think tanks, street art, world music, "
    "business plan, business model, cash flow, crash test, dress code, burn out, bore out, "
    "come back, play off, play offs, top model, top models, talk show, reality show, "
    "top, show, shows, business, week-end, weekend, week-ends, low-cost, podcast, podcasts, "
    "start-up, start-ups, startup, startups, deal, deals, come-back, comeback, burn-out, "
    "fact checking, fact-checking, crowdfunding, streaming, live, football, foot, rap, "
    "smartphone, smartphones, vintage, coaching, coach, manager, managers, management, "
    "marketing, challenge, challenges, leader, leaders, leadership, star, stars, team, cloud, "
    "buzz, casting, shopping, parking, planning, meeting, meetings, brunch, lobby, lobbies, "
    "lobbying, briefing, speed dating, replay, fan, fans, hit, hits, remake, thriller, scoop, "
    "look, looks, loft, cool, fun, web, blog, blogs, mail, mails, newsletter, chat, tweet, "
    "tweets, hashtag, hashtags, followers, youtubeur, gamer, gamers, gaming, e-sport, match, "
    "score, penalty, corner, turn-over, turnover, holding, leasing, trading, trader, traders, "
    "brexit, woke, greenwashing, bashing, storytelling, flop, feedback, process, workshop, "
    "self-service, burger, burgers, snack, pub, jackpot, black-out, bug, bugs, hacker, "
    "hackers, cluster, clusters, tracking, dumping, krach, crash, boom, booster, bonus, "
    "stress, test, tests, record, job, jobs, freelance, outsider, outsiders, baby-boom, "
    "design, designer, dealer, dealers, sponsor, sponsors, sponsoring, timing, standing"
)
LOANS = frozenset(map(str.strip, _LISTED.split(",")))
"""A loan tells nothing of the language of a title that is plainly French without it."""
