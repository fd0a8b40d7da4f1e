# Constraints are parts of CreateModel: every AddConstraint would render all models anew.

import apps.tenants.constraints
import apps.tenants.context
import apps.tenants.fields
import apps.tenants.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0002_change_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, validators=[apps.tenants.validators.validate_title])),
                ('code', models.CharField(max_length=255, validators=[apps.tenants.validators.validate_title])),
                ('description', models.TextField(blank=True, max_length=100000)),
                ('kind', models.CharField(choices=[('manual', 'Manual'), ('rules', 'Rules')], default='manual', max_length=6)),
                ('rules', models.JSONField(blank=True, default=dict)),
                ('published', models.BooleanField(default=True)),
                ('added_on', models.DateTimeField(auto_now_add=True)),
                ('updated_on', models.DateTimeField(auto_now=True)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'collections',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'name', 'id'], name='products_collection_by_name'), models.Index(fields=['tenant', '-added_on', '-id'], name='products_collection_newest')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_collection_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_collection_tenant_id'), models.UniqueConstraint(fields=('tenant', 'code'), name='products_collection_code'), models.CheckConstraint(condition=models.Q(('kind__in', ['manual', 'rules']), models.Q(('code', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='products_collection_kind')],
            },
        ),
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'locations',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_location_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_location_tenant_id'), models.UniqueConstraint(fields=('tenant', 'name'), name='products_location_name')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, validators=[apps.tenants.validators.validate_title])),
                ('code', models.CharField(max_length=255, validators=[apps.tenants.validators.validate_title])),
                ('description', models.TextField(blank=True, max_length=100000)),
                ('vendor', models.CharField(blank=True, max_length=255)),
                ('product_type', models.CharField(blank=True, max_length=255)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('archived', 'Archived')], default='draft', max_length=8)),
                ('is_gift_card', models.BooleanField(default=False)),
                ('added_on', models.DateTimeField(auto_now_add=True)),
                ('updated_on', models.DateTimeField(auto_now=True)),
                ('added_by', apps.tenants.fields.TenantForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'products',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', '-added_on', '-id'], name='products_product_newest'), models.Index(fields=['tenant', 'name', 'id'], name='products_product_by_name'), models.Index(fields=['tenant', 'vendor'], name='products_product_by_vendor'), models.Index(fields=['tenant', 'product_type'], name='products_product_by_type')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_product_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_product_tenant_id'), models.UniqueConstraint(fields=('tenant', 'code'), name='products_product_code'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='products_product_has_name'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'active', 'archived'])), name='products_product_status'), apps.tenants.constraints.TenantReference(field='added_by', name='products_product_added_by_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('position', models.PositiveSmallIntegerField()),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('product', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='options', to='products.product')),
            ],
            options={
                'db_table': 'product_options',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_option_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_option_tenant_id'), models.UniqueConstraint(fields=('tenant', 'product', 'name'), name='products_option_name'), models.CheckConstraint(condition=models.Q(('position__lt', 3), models.Q(('name', ''), _negated=True)), name='products_option_position'), apps.tenants.constraints.TenantReference(field='product', name='products_option_product_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='OptionValue',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('position', models.PositiveSmallIntegerField()),
                ('option', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='products.option')),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'product_option_values',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_optionvalue_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_optionvalue_tenant_id'), models.UniqueConstraint(fields=('tenant', 'option', 'name'), name='products_optionvalue_name'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='products_optionvalue_named'), apps.tenants.constraints.TenantReference(field='option', name='products_optionvalue_option_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('alt', models.CharField(blank=True, max_length=512)),
                ('source_url', models.CharField(blank=True, max_length=2048)),
                ('content_hash', models.CharField(blank=True, max_length=64)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('ready', 'Ready'), ('failed', 'Failed')], default='pending', max_length=7)),
                ('error_code', models.CharField(blank=True, max_length=50)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('size', models.PositiveIntegerField(null=True)),
                ('color', models.CharField(blank=True, max_length=7)),
                ('added_on', models.DateTimeField(auto_now_add=True)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('product', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='products.product')),
            ],
            options={
                'db_table': 'images',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'product', 'position'], name='products_image_order'), models.Index(fields=['tenant', 'content_hash'], name='products_image_by_hash')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_image_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_image_tenant_id'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'ready'), _negated=True), models.Q(('height__gt', 0), ('width__gt', 0), models.Q(('content_hash', ''), _negated=True), models.Q(('color', ''), _negated=True)), _connector='OR'), name='products_image_ready'), apps.tenants.constraints.TenantReference(field='product', name='products_image_product_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='CollectionProduct',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('collection', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='places', to='products.collection')),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('product', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='places', to='products.product')),
            ],
            options={
                'db_table': 'collection_products',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'collection', 'position', 'id'], name='products_place_order'), models.Index(fields=['tenant', 'product'], name='products_place_by_product')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_collectionproduct_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_collectionproduct_tenant_id'), models.UniqueConstraint(fields=('tenant', 'collection', 'product'), name='products_collectionproduct_once'), apps.tenants.constraints.TenantReference(field='collection', name='products_collectionproduct_collection_in_tenant'), apps.tenants.constraints.TenantReference(field='product', name='products_collectionproduct_product_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='ProductImport',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=7)),
                ('filename', models.CharField(blank=True, max_length=255)),
                ('stored_as', models.CharField(blank=True, max_length=255)),
                ('is_dry_run', models.BooleanField(default=False)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('position', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('finished_at', models.DateTimeField(null=True)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('user', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'product_imports',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', '-created_at', '-id'], name='products_import_newest')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_productimport_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_productimport_tenant_id'), apps.tenants.constraints.TenantReference(field='user', name='products_productimport_user_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='ImportMessage',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('level', models.CharField(choices=[('error', 'Error'), ('warning', 'Warning')], default='error', max_length=7)),
                ('line', models.PositiveIntegerField()),
                ('column_name', models.CharField(blank=True, max_length=255)),
                ('code', models.CharField(max_length=50)),
                ('message', models.CharField(max_length=500)),
                ('params', models.JSONField(default=dict)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('product_import', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='products.productimport')),
            ],
            options={
                'db_table': 'import_messages',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'product_import', 'level', 'line'], name='products_message_order')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_importmessage_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_importmessage_tenant_id'), apps.tenants.constraints.TenantReference(field='product_import', name='products_importmessage_product_import_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='ProductTag',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255)),
                ('product', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='products.product')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'product_tags',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'name', 'product'], name='products_tag_by_name')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_producttag_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_producttag_tenant_id'), models.UniqueConstraint(fields=('tenant', 'product', 'name'), name='products_producttag_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='products_producttag_named'), apps.tenants.constraints.TenantReference(field='product', name='products_producttag_product_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='SearchSpelling',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'spelling', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('spelling', models.CharField(db_collation='C', max_length=7)),
                ('word', models.CharField(db_collation='C', max_length=64)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'search_spellings',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_searchspelling_own_rows')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'product_id', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('word', models.CharField(db_collation='C', max_length=64)),
                ('weight', models.PositiveSmallIntegerField()),
                ('product', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='search_words', to='products.product')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'search_words',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'word', '-weight', '-product'], name='products_searchword_by_word')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_searchword_own_rows'), apps.tenants.constraints.TenantReference(field='product', name='products_searchword_product_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('sku', models.CharField(blank=True, max_length=255)),
                ('barcode', models.CharField(blank=True, max_length=255)),
                ('price', models.BigIntegerField(default=0)),
                ('compare_at_price', models.BigIntegerField(null=True)),
                ('weight', models.PositiveIntegerField(null=True)),
                ('requires_shipping', models.BooleanField(default=True)),
                ('is_taxable', models.BooleanField(default=True)),
                ('stock_policy', models.CharField(choices=[('deny', 'Deny'), ('continue', 'Continue'), ('untracked', 'Untracked')], default='deny', max_length=9)),
                ('product', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='products.product')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('value1', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='products.optionvalue')),
                ('value2', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='products.optionvalue')),
                ('value3', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='products.optionvalue')),
            ],
            options={
                'db_table': 'variants',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'product', 'position'], name='products_variant_order'), models.Index(fields=['tenant', 'price', 'id'], name='products_variant_by_price'), models.Index(fields=['tenant', 'sku'], name='products_variant_by_sku')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_variant_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_variant_tenant_id'), models.UniqueConstraint(condition=models.Q(('value1__isnull', False)), fields=('tenant', 'product', 'value1', 'value2', 'value3'), name='products_variant_combination', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('value1__isnull', False), ('value2', None), _connector='OR'), models.Q(('value2__isnull', False), ('value3', None), _connector='OR')), name='products_variant_values_in_order'), models.CheckConstraint(condition=models.Q(('price__range', (0, 9999999999999)), models.Q(('compare_at_price', None), ('compare_at_price__range', (0, 9999999999999)), _connector='OR')), name='products_variant_amounts'), models.CheckConstraint(condition=models.Q(('stock_policy__in', ['deny', 'continue', 'untracked'])), name='products_variant_stock_policy'), models.CheckConstraint(condition=models.Q(('position__lt', 2048)), name='products_variant_position'), apps.tenants.constraints.TenantReference(field='product', name='products_variant_product_in_tenant'), apps.tenants.constraints.TenantReference(field='value1', name='products_variant_value1_in_tenant'), apps.tenants.constraints.TenantReference(field='value2', name='products_variant_value2_in_tenant'), apps.tenants.constraints.TenantReference(field='value3', name='products_variant_value3_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('delta', models.IntegerField()),
                ('quantity', models.IntegerField()),
                ('reason', models.CharField(max_length=100)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('location', apps.tenants.fields.TenantForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.location')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('user', apps.tenants.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('variant', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='movements', to='products.variant')),
            ],
            options={
                'db_table': 'stock_movements',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'variant', '-created_at', '-id'], name='products_movement_newest')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_stockmovement_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_stockmovement_tenant_id'), models.CheckConstraint(condition=models.Q(models.Q(('delta', 0), _negated=True), models.Q(('reason', ''), _negated=True)), name='products_stockmovement_changes'), apps.tenants.constraints.TenantReference(field='variant', name='products_stockmovement_variant_in_tenant'), apps.tenants.constraints.TenantReference(field='location', name='products_stockmovement_location_in_tenant'), apps.tenants.constraints.TenantReference(field='user', name='products_stockmovement_user_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='StockItem',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('quantity', models.IntegerField(default=0)),
                ('location', apps.tenants.fields.TenantForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.location')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('variant', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='stock_items', to='products.variant')),
            ],
            options={
                'db_table': 'stock_items',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_stockitem_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_stockitem_tenant_id'), models.UniqueConstraint(fields=('tenant', 'variant', 'location'), name='products_stockitem_once'), models.CheckConstraint(condition=models.Q(('quantity__range', (-1000000000, 1000000000))), name='products_stockitem_quantity'), apps.tenants.constraints.TenantReference(field='variant', name='products_stockitem_variant_in_tenant'), apps.tenants.constraints.TenantReference(field='location', name='products_stockitem_location_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='VariantImage',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField(default=0)),
                ('image', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='variant_images', to='products.image')),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
                ('variant', apps.tenants.fields.TenantForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='variant_images', to='products.variant')),
            ],
            options={
                'db_table': 'variant_images',
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'image'], name='products_variantimage_by_image')],
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_variantimage_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_variantimage_tenant_id'), models.UniqueConstraint(fields=('tenant', 'variant', 'image'), name='products_variantimage_once'), apps.tenants.constraints.TenantReference(field='variant', name='products_variantimage_variant_in_tenant'), apps.tenants.constraints.TenantReference(field='image', name='products_variantimage_image_in_tenant')],
            },
        ),
        migrations.CreateModel(
            name='CatalogueVersion',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField()),
                ('product_count', models.IntegerField(default=0)),
                ('product_bytes', models.BigIntegerField(default=0)),
                ('tenant', models.ForeignKey(db_index=False, default=apps.tenants.context.get_active_tenant_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'db_table': 'catalogue_versions',
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [apps.tenants.constraints.RowLevelSecurity(name='products_catalogueversion_own_rows'), models.UniqueConstraint(fields=('tenant', 'id'), name='products_catalogueversion_tenant_id')],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='default_variant',
            field=apps.tenants.fields.TenantForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='products.variant'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['tenant', 'default_variant'], name='products_product_by_variant'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=apps.tenants.constraints.TenantReference(field='default_variant', name='products_product_default_variant_in_tenant'),
        ),
    ]
