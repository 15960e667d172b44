"""Personal fields of core: shown masked, whole only with a reason."""

from wutong.site.core.masks import mask_email, mask_phone, register

register("core.User.phone", mask_phone, reveal="core.reveal_people")
register("core.User.email", mask_email, reveal="core.reveal_people")
