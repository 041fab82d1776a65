DO $$ BEGIN
    FOR n IN 1..1000000 LOOP
        RAISE INFO 'order % of 1000000 is done', n;
    END LOOP;
END $$;
