"""Forms of core."""

from __future__ import annotations

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth import password_validation
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from wutong.site.core.enums import OrganisationKind, Role
from wutong.site.core.interfaces.filters import FilterForm, choices
from wutong.site.core.models import User, Zone

_username = RegexValidator(r"^[a-z][a-z0-9._-]{2,63}\Z", _("用小写字母开头，可含数字、点、短横，至少3位。"))
_phone = RegexValidator(r"^\+?[0-9 -]{5,20}\Z", _("请填写电话号码。"))


class SignInForm(LoginForm):
    """User name and password, in the words of the house."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("用户名")), ("password", _("口令"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


class PasswordForm(forms.Form):
    """The person's own new password. The user name is there for password managers."""

    username = forms.CharField(
        label=_("用户名"), required=False, widget=forms.TextInput(attrs={"autocomplete": "username", "readonly": True}))
    old = forms.CharField(label=_("当前口令"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False)
    new = forms.CharField(label=_("新口令"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)
    again = forms.CharField(label=_("再输一次"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["username"].initial = user.username
        self.fields["new"].help_text = " ".join(password_validation.password_validators_help_texts()[-1:])

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("当前口令不对。"))
        return self.cleaned_data["old"]

    def clean(self) -> dict:
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", _("两次输入的新口令不一致。"))
        elif new:
            try:
                password_validation.validate_password(new, self.user)
            except forms.ValidationError as error:
                self.add_error("new", error)
        return self.cleaned_data


class UserForm(forms.Form):
    """Who a person is."""

    name = forms.CharField(label=_("姓名"), max_length=64)
    email = forms.EmailField(label=_("邮箱"), required=False)
    phone = forms.CharField(label=_("手机号"), max_length=20, required=False, validators=[_phone])
    organisation = forms.ModelChoiceField(None, label=_("机构"), required=False, empty_label=_("无"))

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class NewUserForm(UserForm):
    """A new person."""

    username = forms.CharField(
        label=_("用户名"), max_length=64, validators=[_username], help_text=_("登录时使用，创建后不能修改。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("username", "name")


class RoleForm(forms.Form):
    """A role asked for."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    zone = forms.ModelChoiceField(Zone.objects.filter(is_active=True), label=_("园区"), required=False, empty_label=_("无（三员）"))
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(forms.Form):
    """A decision on a request."""

    comment = forms.CharField(label=_("审批意见"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    decision = forms.ChoiceField(label=_("决定"), choices=[("approve", _("同意")), ("reject", _("驳回"))], widget=forms.RadioSelect)


class ZoneForm(forms.Form):
    """A zone."""

    name = forms.CharField(label=_("名称"), max_length=64)
    is_active = forms.BooleanField(label=_("启用"), required=False)


class NewZoneForm(forms.Form):
    """A new zone."""

    code = forms.SlugField(label=_("代码"), max_length=32, help_text=_("用于网址和文件名，如 qingdao；创建后不能修改。"))
    name = forms.CharField(label=_("名称"), max_length=64)


class OrganisationForm(forms.Form):
    """An organisation of the zone."""

    kind = forms.ChoiceField(label=_("类别"), choices=OrganisationKind.choices)
    name = forms.CharField(label=_("名称"), max_length=128)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, required=False, validators=[
        RegexValidator(r"^[0-9A-HJ-NPQRTUWXY]{18}\Z", _("统一社会信用代码为18位大写字母和数字。"))])
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)


class CodeItemForm(forms.Form):
    """A term of a code list."""

    code = forms.CharField(label=_("代码"), max_length=40)
    zh = forms.CharField(label=_("中文名"), max_length=120)
    en = forms.CharField(label=_("英文名"), max_length=120, required=False)
    position = forms.IntegerField(label=_("次序"), min_value=0, initial=0)
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)


class RevealForm(forms.Form):
    """Why a masked datum is needed."""

    reason = forms.CharField(label=_("查看理由"), min_length=4, max_length=200)


class UserFilter(FilterForm):
    """Filter of the list of people."""

    search = ("name", "username", "name_pinyin", "organisation__name")
    role = forms.ChoiceField(label=_("角色"), required=False, choices=choices(Role))

    def narrow(self, rows, name, value):
        return rows.filter(role_grants__role=value, role_grants__revoked_at=None).distinct()


class AuditFilter(FilterForm):
    """Filter of the audit log."""

    search = ("actor_name", "object_text", "address")
    action = forms.CharField(label=_("操作"), required=False, max_length=48)
    since = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, rows, name, value):
        by = {"action": "action__startswith", "since": "at__date__gte", "until": "at__date__lte"}[name]
        return rows.filter(**{by: value})


class OrganisationFilter(FilterForm):
    """Filter of the list of organisations."""

    search = ("name", "name_pinyin", "uscc")
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=choices(OrganisationKind))


