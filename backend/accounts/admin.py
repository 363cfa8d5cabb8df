from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from backend.accounts.models import User

admin.site.unregister(Group)


@admin.register(User)
class PeopleAdmin(UserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "agent_id", "first_name", "last_name", "is_staff", "is_active")
    search_fields = ("username", "agent_id", "first_name", "last_name")
    fieldsets = (*(UserAdmin.fieldsets or ()), ("Agent", {"fields": ("agent_id",)}))


@admin.register(Group)
class GroupsAdmin(GroupAdmin, ModelAdmin):
    pass
