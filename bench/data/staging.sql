-- Shops and products in temporary tables, from which each contestant's tables are filled.
-- Takes the number of shops and the number of products of each. Ids are in the order of creation.

CREATE TEMP TABLE shop AS
SELECT n AS number, uuidv7() AS shop_id, uuidv7() AS user_id, uuidv7() AS session_id,
       'shop-' || lpad(n::text, 6, '0') AS shop_code,
       %(password)s AS password
  FROM generate_series(1, %(shops)s) AS n;

CREATE TEMP TABLE word (kind text, words text[]);
INSERT INTO word VALUES
    ('colour', '{Red,Blue,Green,Black,White,Grey,Yellow,Orange,Purple,Brown,Olive,Navy,Cream}'),
    ('material', '{Cotton,Linen,Wool,Leather,Oak,Walnut,Steel,Ceramic,Glass,Denim,Silk,Copper}'),
    ('thing', '{Shirt,Jacket,Scarf,Table,Chair,Lamp,Shelf,Sofa,Vase,Bowl,Mug,Kettle,Knife,Board,'
              'Blanket,Pillow,Rug,Towel,Notebook,Pencil,Wallet,Belt,Watch,Candle,Bottle}');

CREATE TEMP TABLE product AS
SELECT shop.*, n, uuidv7() AS product_id, uuidv7() AS variant_id, uuidv7() AS image_id,
       colour, material, thing,
       format('%%s %%s %%s %%s', colour, material, thing, n) AS name,
       format('%%s-%%s-%%s-%%s', lower(colour), lower(material), lower(thing), n) AS code,
       timestamptz '2026-01-01' + n * interval '1 hour' + number * interval '1 millisecond'
           AS added_on,
       500 + (number * 7 + n * 131) %% 90000 AS price,
       md5(n || '-' || number) || md5(number || '-' || n) AS digest
  FROM shop, generate_series(1, %(products)s) AS n,
       LATERAL (SELECT words[1 + (number * 5 + n) %% cardinality(words)] AS colour
                  FROM word WHERE kind = 'colour') AS one,
       LATERAL (SELECT words[1 + (number * 3 + n * 5) %% cardinality(words)] AS material
                  FROM word WHERE kind = 'material') AS two,
       LATERAL (SELECT words[1 + (number * 11 + n * 3) %% cardinality(words)] AS thing
                  FROM word WHERE kind = 'thing') AS three
 ORDER BY number, n;
