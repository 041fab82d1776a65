package io.tenantry.worker.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlStatementsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "SELECT 'a;b', 'it''s; so', \"c;d\", E'\\';', e'\\\\'",
                "SELECT 'a\\', 1",
                "SELECT $$;$$, $a$ ; $$ ; $b$ $a$, $é1$;$é1$",
                "SELECT 1 /* ; /* ; */ ; */ -- ; ' $$ \n",
                "SELECT tablename$1$ ",
                "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
                "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC; SELECT CASE WHEN a > 0 THEN 1 END; SELECT 2; END",
                "create or replace procedure p() begin atomic insert into t values (1); end"
            })
    void oneStaysOne(String text) {
        assertThat(SqlStatements.of(text)).containsExactly(text);
    }

    @Test
    void parametersOpenNoDollarQuote() {
        assertThat(SqlStatements.of("CREATE FUNCTION p(int) RETURN $1 + $2;\nCOMMIT; INSERT INTO s VALUES ($1)"))
                .containsExactly("CREATE FUNCTION p(int) RETURN $1 + $2", "\nCOMMIT", " INSERT INTO s VALUES ($1)");
    }

    @Test
    void whatIsBlankIsNoStatement() {
        assertThat(SqlStatements.of(" ;; -- a\n; /* b */ ; BEGIN; END;")).isEqualTo(List.of(" BEGIN", " END"));
    }

    @Test
    void anOpenQuoteEndsWithTheText() {
        assertThat(SqlStatements.of("SELECT 'a; b")).hasSize(1);
        assertThat(SqlStatements.of("SELECT $a$; b$")).hasSize(1);
        assertThat(SqlStatements.of("SELECT /* ; ")).hasSize(1);
        assertThat(SqlStatements.of("SELECT E'\\")).hasSize(1);
    }

    @Test
    void commentsGoAndStringsStay() {
        assertThat(SqlStatements.withoutComments("DO $x$ BEGIN -- dblink(\n NULL; /* a */ END $x$; SELECT '--b' --c"))
                .isEqualTo("DO $x$ BEGIN  \n NULL;   END $x$; SELECT '--b'  ");
    }
}
