-- DuckDB over a dataset: duckdb < corpus.sql, in the folder that convert wrote to.

-- What is in it.
SELECT language, count(*) AS documents, count(published) AS dated, count(body_en) AS in_english
FROM 'documents/*.parquet' GROUP BY language ORDER BY documents DESC;

-- Documents by a field of your own, joined back by your own id.
SELECT source_id, extra->>'$.section' AS section, title_en
FROM 'documents/*.parquet' WHERE source_id IS NOT NULL ORDER BY source_id LIMIT 20;

-- The sentences whose English is most in doubt.
SELECT doc_id, s.faithfulness, s.flags,
       substring(text, s.start + 1, s."end" - s.start) AS original,
       substring(text_en, s.start_en + 1, s.end_en - s.start_en) AS english
FROM (SELECT doc_id, text, text_en, unnest(sentences) AS s FROM 'documents/*.parquet')
WHERE s.faithfulness IS NOT NULL ORDER BY s.faithfulness, doc_id, s.start LIMIT 3;

-- Why documents were rejected.
SELECT stage, error, count(*) AS documents FROM 'rejects/*.parquet' GROUP BY ALL ORDER BY 3 DESC;
