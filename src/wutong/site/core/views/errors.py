"""Pages for what goes wrong, in plain words and with what to do next."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "errors/error.html", {"title": title, "text": text, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _page(request, 400, _("请求有误"), _("浏览器发来的内容无法识别。请返回上一页重试。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _page(request, 403, _("没有权限"), _("您的角色不能打开这个页面。如工作需要，请向系统管理员申请相应角色。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same words whether the thing is absent or another's."""
    return _page(request, 404, _("没有找到"), _("该页面不存在，或您无权查看其中的内容。请检查网址，或从左侧菜单进入。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither database nor session."""
    return render(None, "errors/500.html", status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or too old."""
    return _page(request, 403, _("页面已过期"), _("为防止伪造提交，这次提交没有执行。请返回上一页，刷新后重新提交。"))


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict | None) -> HttpResponse:
    """429 after too many wrong passwords; says nothing about whether the account exists."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    text = _("登录失败次数过多，账号或所在网络地址已锁定。请在 %(n)d 分钟后重试，或联系安全管理员解锁。") % {"n": minutes}
    page = _page(request, 429, _("登录已锁定"), text)
    page["Retry-After"] = str(minutes * 60)
    return page


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """429 for searches or exports beyond what a person does."""
    page = _page(request, 429, _("操作过于频繁"), _("一分钟内的查询或导出次数过多，这一次没有执行。请稍等一分钟再试；大批量取数请用开放接口。"))
    page["Retry-After"] = str(seconds)
    return page
