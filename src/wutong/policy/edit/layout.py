"""The sheets of a policy workbook: which section stands where, under which headings, with which choices."""

from __future__ import annotations

from typing import Final

HEAD_SHEET: Final = "政策"
TABLE_PREFIX: Final = "表 "
SHEETS: Final = {
    "sources": "出处", "parameters": "参数", "let": "中间量", "conditions": "条件", "benefits": "收益", "limits": "限额",
    "figures": "可调数字",
}
LABELS: Final = {
    "policy": "政策编号", "pack": "政策包", "version": "版本", "kind": "类别", "status": "状态", "issuer": "发文机关",
    "supersedes": "替代", "name.zh": "名称", "name.en": "英文名称", "in_force.from": "施行日", "in_force.to": "终止日",
    "window.from": "申报开始", "window.to": "申报截止", "decide": "结论", "outputs": "展示项",
    "id": "编号", "code": "代码", "zh": "名称", "en": "英文", "unit": "单位", "note": "备注", "value": "数值", "from": "起",
    "to": "止", "source": "出处", "expr": "算式", "when": "条件式", "manual": "人工认定", "amount": "金额", "cap": "封顶",
    "once": "只享受一次", "group": "互斥组", "pays_for": "资助事项", "benefits": "收益项", "at": "所在位置", "doc_no": "文号",
    "clause": "条款", "grade": "等级", "url": "网址", "checked_on": "核对日期", "title": "标题",
    "effective_from": "生效日", "effective_to": "失效日", "checked_by": "核对人", "hit": "命中方式", "default": "缺省",
    "output.type": "输出类型", "output.unit": "输出单位", "output.values": "输出取值",
}
REMARKS: Final = {
    "decide": "条件代码，或 {all: [c1, c2]}（全部满足）、{any: [c1, c2]}（满足其一）、{not: c1}。留空＝全部条件",
    "outputs": "要展示的中间量或决策表代码，每行一个；第一个是得分",
    "expr": "FEEL 算式，可用事实名称、参数名称、其他中间量", "when": "成立即满足，如 上年职工总数 <= 职工人数上限",
    "manual": "填“是”表示由人认定", "value": "一个参数有几段数值时写几行，代码相同，起止日期不重叠",
    "unit": "元 万元 % 人 件 分 年 月 …", "grade": "V 原文 S 二手 M 记忆 C 推算", "group": "同组只享受一项，每行一组",
    "benefits": "受同一限额约束的收益代码，每行一个", "output.values": "每行一个；PRIORITY 按此先后",
    "at": "数字所在处，每行一个，如 score_rd.2（决策表第 2 行）；第一处改成新值，其余各处同升同降",
    "hit": "UNIQUE 唯一 · FIRST 先到 · ANY 同值 · PRIORITY 按取值 · COLLECT SUM 求和 …",
    "kind": "qualification 资格 tax 税收 grant 奖补 class 划型 veto 否决", "status": "official 正式 draft 草案",
}
HITS: Final = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT", "COLLECT SUM", "COLLECT MIN",
               "COLLECT MAX", "COLLECT COUNT")
CHOICES: Final = {
    "kind": ("qualification", "tax", "grant", "class", "veto"), "status": ("official", "draft"),
    "grade": ("V", "S", "C", "M"), "hit": HITS, "output.type": ("number", "text", "boolean", "date"),
    "manual": ("是",), "once": ("是",),
}
UNITS: Final = ("元", "万元", "亿元", "%", "人", "件", "项", "家", "分", "㎡", "年", "月", "天", "倍")
WIDTHS: Final = {"expr": 60, "when": 60, "clause": 26, "doc_no": 26, "url": 36, "note": 40, "zh": 28, "en": 28, "amount": 26,
                 "title": 26}
HEAD_KEYS: Final = (
    "policy", "pack", "version", "name.zh", "name.en", "kind", "status", "in_force.from", "in_force.to", "issuer",
    "window.from", "window.to", "supersedes", "decide", "outputs", "note",
)
TABLE_KEYS: Final = ("code", "zh", "en", "hit", "output.type", "output.unit", "output.values", "default", "source", "note")
NUMBER: Final = "序号"
OUTPUT: Final = "输出"
REMARK: Final = "备注"


def label(key: str) -> str:
    """Return the heading of a field; one without a Chinese name keeps its key.

    >>> label("doc_no"), label("new_field")
    ('文号', 'new_field')
    """
    return LABELS.get(key, key)
