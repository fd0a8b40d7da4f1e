# Constraints are parts of CreateModel: every AddConstraint would render all models anew.

import apps.tenants.constraints
import apps.tenants.context
import apps.tenants.fields
import apps.tenants.validators
import apps.users.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('email', apps.users.fields.NormalizedEmailField(max_length=254)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('staff', 'Staff'), ('customer', 'Customer')], default='customer', max_length=8)),
                ('first_name', models.CharField(blank=True, max_length=100, validators=[apps.tenants.validators.validate_name])),
                ('last_name', models.CharField(blank=True, max_length=100, validators=[apps.tenants.validators.validate_name])),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'users',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', '-created_at', '-id'], name='users_user_newest')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='users_user_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='users_user_tenant_id'), models.UniqueConstraint(fields=('tenant', 'email'), name='users_user_email'), models.CheckConstraint(condition=models.Q(('email__regex', '^[!-@[-~]+$')), name='users_user_email_spelling')],
            },
        ),
        migrations.CreateModel(
            name='EmailToken',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('password_reset', 'Password Reset'), ('email_verification', 'Email Verification'), ('email_confirmation', 'Email Confirmation'), ('invitation', 'Invitation'), ('handoff', 'Handoff')], max_length=20)),
                ('email', apps.users.fields.NormalizedEmailField(max_length=254)),
                ('role', models.CharField(blank=True, choices=[('owner', 'Owner'), ('manager', 'Manager'), ('staff', 'Staff'), ('customer', 'Customer')], max_length=8)),
                ('account', models.JSONField(default=dict)),
                ('secret_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('invited_by', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('user', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='email_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'email_tokens',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'purpose', 'email'], name='users_emailtoken_to')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='users_emailtoken_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='users_emailtoken_tenant_id'), models.UniqueConstraint(fields=('tenant', 'secret_hash'), name='users_emailtoken_secret'), apps.tenants.constraints.TenantReference(field='user', name='users_emailtoken_user_in_tenant'), apps.tenants.constraints.TenantReference(field='invited_by', name='users_emailtoken_invited_by_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='LoginSession',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('token', 'Token'), ('browser', 'Browser')], default='token', max_length=7)),
                ('secret_hash', models.CharField(max_length=64)),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('rotated_at', models.DateTimeField()),
                ('idle_expires_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('address', models.GenericIPAddressField(null=True)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('user', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'sessions',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'user', '-rotated_at'], name='users_loginsession_newest')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='users_loginsession_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='users_loginsession_tenant_id'), apps.tenants.constraints.TenantReference(field='user', name='users_loginsession_user_in_tenant')],
            },
        ),
    ]
