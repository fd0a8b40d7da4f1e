CREATE TABLE shop_tenant (id uuid PRIMARY KEY, code text NOT NULL UNIQUE);

CREATE TABLE shop_user (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    username text NOT NULL,
    email text NOT NULL,
    password text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    is_active boolean NOT NULL,
    is_staff boolean NOT NULL,
    is_superuser boolean NOT NULL,
    date_joined timestamptz NOT NULL
);

CREATE TABLE shop_session (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    user_id uuid NOT NULL REFERENCES shop_user,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);

CREATE TABLE shop_product (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    name text NOT NULL,
    code text NOT NULL,
    description text NOT NULL,
    vendor text NOT NULL,
    product_type text NOT NULL,
    status text NOT NULL,
    is_gift_card boolean NOT NULL,
    added_on timestamptz NOT NULL,
    updated_on timestamptz NOT NULL,
    added_by_id uuid NOT NULL REFERENCES shop_user,
    default_variant_id uuid
);
CREATE INDEX ON shop_product (tenant_id, added_on DESC, id DESC);

CREATE TABLE shop_producttag (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    product_id uuid NOT NULL REFERENCES shop_product,
    name text NOT NULL
);
CREATE INDEX ON shop_producttag (product_id);

CREATE TABLE shop_variant (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    product_id uuid NOT NULL REFERENCES shop_product,
    position integer NOT NULL,
    sku text NOT NULL,
    price bigint NOT NULL,
    compare_at_price bigint,
    stock_policy text NOT NULL
);
CREATE INDEX ON shop_variant (product_id);

CREATE TABLE shop_stockitem (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    variant_id uuid NOT NULL REFERENCES shop_variant,
    quantity integer NOT NULL
);
CREATE INDEX ON shop_stockitem (variant_id);

CREATE TABLE shop_image (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES shop_tenant,
    product_id uuid NOT NULL REFERENCES shop_product,
    position integer NOT NULL,
    alt text NOT NULL,
    source_url text NOT NULL,
    content_hash text NOT NULL,
    status text NOT NULL,
    error text NOT NULL,
    width integer,
    height integer,
    color text NOT NULL
);
CREATE INDEX ON shop_image (product_id, position);
