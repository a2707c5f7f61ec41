-- What of the schema that the image describes (lines of `table NAME`, `view NAME`, `default TABLE FUNCTION`) is not here.
WITH wanted AS (
  SELECT words[1] AS kind, words[2] AS name, words[3] AS function
  FROM regexp_split_to_table(:'wanted', '\n') AS line, string_to_array(line, ' ') AS words
), ids AS (
  -- The column `id` of each table with what it is filled by.
  SELECT relname AS name, pg_get_expr(adbin, adrelid) AS filled
  FROM pg_attrdef JOIN pg_class c ON c.oid = adrelid JOIN pg_attribute a ON a.attrelid = adrelid AND attnum = adnum
  WHERE relnamespace = 'public'::regnamespace AND attname = 'id'
)
SELECT 'table ' || name FROM wanted
  WHERE kind = 'table' AND NOT EXISTS (SELECT FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND c.relname = wanted.name)
UNION ALL
SELECT 'view ' || name FROM wanted
  WHERE kind = 'view' AND NOT EXISTS (SELECT FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm') AND c.relname = wanted.name)
UNION ALL
SELECT DISTINCT 'function ' || function FROM wanted
  WHERE kind = 'default' AND NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = function)
UNION ALL
SELECT 'default of ' || name || '.id' FROM wanted
  WHERE kind = 'default' AND NOT EXISTS (SELECT FROM ids WHERE ids.name = wanted.name AND starts_with(filled, function || '('))
UNION ALL
-- The function counts by a sequence that it makes the name of: nothing in the catalogue ties it to the table.
SELECT 'sequence ' || name || '_id_seq' FROM wanted
  WHERE kind = 'default' AND to_regclass('public.' || quote_ident(name || '_id_seq')) IS NULL;
