CREATE OR REPLACE VIEW moods AS SELECT mood, count(*) AS customers FROM customer GROUP BY mood;
