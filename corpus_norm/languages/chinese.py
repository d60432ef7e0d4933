"""The records of Chinese, in its two scripts."""

from __future__ import annotations

from dataclasses import replace

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
from corpus_norm.languages.stops import StopStyle, speech_in_han

_HANS_STOPWORDS = _words(
    "的 了 是 在 和 与 有 也 都 而 及 就 不 这 那 他 她 我 你 们 为 于 对 将 被 把 从 到 中 "
    "上 下 并 但"
)
_HANT_STOPWORDS = _words(
    "的 了 是 在 和 與 有 也 都 而 及 就 不 這 那 他 她 我 你 們 為 於 對 將 被 把 從 到 中 "
    "上 下 並 但"
)

_HAN_NUMBERS = NumberStyle(
    words=values("0 〇 零, 1 一, 2 二 两 兩 俩, 3 三 仨, 4 四, 5 五, 6 六, 7 七, 8 八, 9 九"),
    scales=values("10 十, 20 廿, 30 卅, 40 卌, 100 百, 1000 千, 10000 万 萬, 1e8 亿 億, 1e12 兆"),
    others=readings(
        "2 双 雙, 1 首 单, 1/2 半, 2|1 翻番 翻倍 翻一番, 4 翻两番, 1 正月, 11 冬月, 12 腊月 臘月"
    ),
    vague=values("1 数 數 几 幾"),
    ranges=_words("至 到 - – — ~ ～ － 和 或 、 与 及"),
    currencies=codes(
        "USD 美元 美金, EUR 欧元 歐元, GBP 英镑 英鎊, JPY 日元 日圆 日圓, HKD 港元 港币 港幣, "
        "KRW 韩元 韓元, RUB 卢布 盧布, INR 卢比 盧比, TWD 新台币 台币 新台幣 台幣, AUD "
        "澳元, CAD 加元, "
        "CHF 瑞郎 瑞士法郎, SGD 新元 新加坡元, BTC 比特币, "
        "CNY 元 圆 块钱 人民币 元人民币 人民幣 元人民幣, USD|HKD|AUD|CAD|TWD|SGD $, "
        "CNY|JPY ¥ ￥, EUR €, GBP £"
    ),
    percents=names(
        "% % ％, pp 个百分点 個百分點 百分点 百分點, "
        "bp 个基点 個基點 基点 基點 个基本点 個基本點 基本点 基本點 bp bps, permille ‰"
    ),
    units=names(
        "year 年 周年 年度 岁 歲, month 个月 個月, week 周 星期 礼拜 週 个星期, day 天 日, "
        "hour 小时 小時 个小时 個小時, minute 分钟 分鐘, second 秒 秒钟, century 世纪 "
        "个世纪 世紀, km 公里 千米, "
        "m 米, mile 英里, foot 英尺, kg 公斤 千克, tonne 吨 噸, jin 斤, "
        "degree 度 摄氏度 攝氏度 ℃ °c °"
    ),
    weekdays=in_order(
        "周一|星期一|礼拜一|週一 周二|星期二|礼拜二|週二 周三|星期三|礼拜三|週三 "
        "周四|星期四|礼拜四|週四 "
        "周五|星期五|礼拜五|週五 周六|星期六|礼拜六|週六 周日|星期日|星期天|礼拜天|周天|週日"
    ),
    minus=_words("零下 负 負 零度以下 冰点以下 冰點以下"),
    falls=_words(
        "零下 负 負 降 跌 亏 虧 减 減 损 損 下滑 下挫 回落 缩 縮 萎 少 低 赤字 逆差 失 贬 貶 折"
    ),
    noon=values("720 正午 中午 晌午, 0 午夜 半夜 子夜"),
    past=values("30 半, 15 一刻 1刻, 45 三刻 3刻"),
    day_parts=values(
        "0 上午 半夜 午夜 早上 早晨 清晨 凌晨 清早 今早 明早 昨早 早, "
        "720 下午 午后 午後 傍晚 晚上 晚间 晚間 夜里 夜裡 夜间 夜間 深夜 当晚 當晚 今晚 昨晚 明晚 "
        "中午 晚"
    ),
    periods=periods(
        "quarter-1 第一季度 一季度 第一季 首季 1季度 第1季度 q1 1q, "
        "quarter-2 第二季度 二季度 第二季 2季度 第2季度 q2 2q, "
        "quarter-3 第三季度 三季度 第三季 3季度 第3季度 q3 3q, "
        "quarter-4 第四季度 四季度 第四季 4季度 第4季度 q4 4q, "
        "half-year-1 上半年 h1, half-year-2 下半年 h2"
    ),
    eras=values(
        "1911 民国 民國 中华民国 中華民國, 2018 令和, 1988 平成, 1925 昭和, 1911 大正, 1867 明治, "
        "1908 宣统 宣統, 1874 光绪 光緒, 1861 同治, 1850 咸丰 咸豐, 1820 道光, 1795 嘉庆 嘉慶, "
        "1735 乾隆, 1722 雍正, 1661 康熙"
    ),
    idioms=_words(
        "一带一路 一帶一路 五角大楼 五角大樓 千方百计 千家万户 千千万万 成千上万 "
        "四面八方 三明治 五花八门 乱七八糟 七上八下 九一八 一二九 双十一 千禧 百分之百 "
        "万一 万科 万达 四川 九江 三亚 三峡 三星 五卅 百度 百姓 百货 百科 百事 八卦 亿万 "
        "三农 五一 六一 七一 八一 三八 十分 十足 十字 万岁 万能 万圣 三角 四环 三环 "
        "五环 二手 二战 一战 五粮液 三原色 三轮 千里 百万富翁 万事 万物 三七 二维 三维 "
        "七夕 九寨沟 百老汇 百慕大 三文鱼 一流 二流 千古 百般 万众 万里 二氧化 一氧化 "
        "三氧化 四通 万宝 六安 十堰 一二三 三三两两 再三 三番 两口子 陈二 王五 张三 "
        "李四 七匹狼 三国 三生 千万别 千万不 千万要 千瓦 第三方 二十四节气 四季 二人转 "
        "老百姓 双十"
    ),
    counters="个個年月日天人名次家岁歲美欧日英港倍成小分秒公米吨噸度号號位件条條起例支只隻辆"
    "輛架艘枚座所间間"
    "场場届屆层層周星礼季期项項种種款部本张張章节節集台套份批点點票篇户戶口对對双雙段轮輪句"
    "字级級亩畝平立千克斤厘英海世颗顆"
    "国國省市县縣区區村镇组組大块塊万萬亿億兆余多代把封幅笔筆道国类類步声聲杯瓶箱包顿頓页頁寸尺",
)
_HAN_DENIALS = NegationStyle(
    near=_words(
        "只 仅 僅 难 難 缺 少 才 直到 拒 禁 防 避 停 等 略 反对 反對 除 取消 失 以外 尚 倒 "
        "拿掉 差 免 输 输掉 远 遠 低 绝 虽 但 却 就近 仍 简 永"
    ),
    words=_words("不 没 沒 未 无 無 非 别 勿 否 莫 毫无 毫無 拒绝 拒絕 免"),
    idioms=_words(
        "不断 不斷 不少 不仅 不小心 不慎 不然 不正之风 不畅 不休 幸免 免检 不脱 不僅 不但 "
        "不过 不過 不管 不论 不論 不同 不久 不得不 不错 "
        "不錯 不光 不只 不止 不惜 不禁 不乏 不愧 不一 不已 不妨 不单 不安 不幸 不满 "
        "不滿 不俗 不凡 不停 不容 不免 不料 不时 不時 不亚 不等 不变 不外 不必说 不利 "
        "不良 不当 不足 不法 不明 不公 不和 不便 不实 不稳 不确定 不可或缺 不可思议 "
        "不遗余力 不约而同 不知 不要紧 不动产 不動產 不锈钢 不鏽鋼 不丹 不列颠 不列顛 "
        "不莱梅 无人机 無人機 无论 無論 无疑 無疑 无非 无线 無線 无锡 无数 無數 无限 "
        "無限 无比 无缘 无形 无声 无奈 无辜 无私 无关 无意 无情 无尽 无处不 无所不 无不 "
        "无人 无家可归 无需 无须 无法无天 未来 未來 未必 未遂 未免 未婚 未成年 非常 "
        "非洲 非法 非盟 非凡 非但 非要 非得 非典 非洲裔 非裔 非遗 非正式 非物质 除非 "
        "并非 是非 莫非 莫斯科 莫大 莫言 莫迪 莫高 萨莫 别人 別人 别的 分别 分別 特别 "
        "特別 区别 區別 级别 級別 类别 類別 性别 性別 别墅 告别 个别 個別 识别 識別 "
        "差别 派别 别名 别样 别克 鉴别 辨别 是否 能否 否则 否則 可否 会否 與否 与否 "
        "否认 否決 否决 否定 差不多 说不定 對不起 对不起 舍不得 不得 没收 沒收 没落 "
        "埋没 淹没 淹沒 沉没 出没 没事 没想到 免费 免費 难免 避免 免税 免疫 以免 免职 "
        "美中不足 不堪 不仅仅 不由 不屑 川流不息 源源不断 层出不穷 不胜 不朽 不懈 "
        "不折不扣 了不起 不怕 忍不住 不散 不息 不测 不可开交 不起眼 不以为然 不了了之 "
        "不菲 不亦乐乎 迫不及待 始终不渝 不解 不忘 不失 永不 离不开 必不可少 不可缺少 "
        "不谋而合 要不 要不是 无时无刻 不在乎 不由得 无国界 无障碍 无线电 "
        "无花果 无产阶级 无政府 非政府 非营利 非盈利 非暴力 非农 非金融 不平等 不平衡 "
        "不公平 无家 无一例外 无动于衷 不仅如此 爱不释手 不到 不亚于 不低于 不超过 "
        "不少于 不大于 不小于 不高于"
    ),
)

# The dollars of Taipei and Hong Kong are 元 too.
_HANT_NUMBERS = replace(
    _HAN_NUMBERS,
    bare_era=1911,
    currencies={**_HAN_NUMBERS.currencies, **codes("CNY|TWD|HKD|USD 元 圓 塊錢 块钱")},
)

_HAN_STOPS = StopStyle(
    speech=speech_in_han(
        "说說道问問答喊叫称稱曰",
        "表示 指出 回答 强调 強調 告诉 告訴 补充 補充 坦言 直言 解释 解釋 回应 回應 反问 反問 质问 "
        "追问 追問 感叹 感嘆 写道 寫道 评论 評論 认为 認為 宣布 宣佈 笑说 笑說 喊道 问道 問道 说道 "
        "說道 答道 高呼 高喊 大喊 惊呼 驚呼 介绍 介紹 呼吁 呼籲 警告 透露 承认 承認 提醒 "
        "总结 總結 抱怨 解读 解讀",
        not_after="小传傳学學据據听聽知报報街通频頻味渠轨軌管街隧难難疑访訪顾顧慰名职職号號俗",
    )
)

SIMPLIFIED = Language(
    code="zh-Hans",
    name="Chinese (Simplified)",
    langdetect="zh-cn",
    argos="zh",
    script="Hans",
    spaced=False,
    stops=_HAN_STOPS,
    stopwords=_HANS_STOPWORDS,
    numbers=_HAN_NUMBERS,
    denials=_HAN_DENIALS,
    english_length=3.6,
    english_spread=40.0,
)

TRADITIONAL = Language(
    code="zh-Hant",
    name="Chinese (Traditional)",
    langdetect="zh-tw",
    argos="zt",
    script="Hant",
    spaced=False,
    stops=_HAN_STOPS,
    stopwords=_HANT_STOPWORDS,
    numbers=_HANT_NUMBERS,
    denials=_HAN_DENIALS,
    english_length=3.6,
    english_spread=40.0,
)

SAYING = _words(
    "表示 发布 發布 发文 發文 报道 報道 報導 指出 消息 透露 回应 回應 转发 轉發 通报 通報 公布 "
    "提醒 宣布 写道 寫道 称 稱 说 說 的 和 与 與 在"
)
"""What follows a name that is not set apart from it: the words a handle ends before."""
