package io.tenantry.worker.engine.hazard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllowancesTest {
    private static final Set<HazardKind> ALL = EnumSet.allOf(HazardKind.class);
    private static final Hazard RENAMED = new Hazard(HazardKind.RENAMING_TABLE, 3, "table a gets the name b");
    private static final Hazard DROPPED = new Hazard(HazardKind.BAN_DROP_TABLE, 4, "table c is dropped");

    @Test
    void aCommentWithAReasonAcknowledgesTheHazardsOfItsKindInTheWholeScript() {
        Allowances allowances = Allowances.in("""
                ALTER TABLE a RENAME TO b; -- tenantry:allow renaming-table nobody reads it

                DROP TABLE c;
                """);

        assertThat(allowances.faults()).isEmpty();
        assertThat(allowances.without(List.of(RENAMED, DROPPED))).containsExactly(DROPPED);
        assertThat(allowances.unused(List.of(RENAMED, DROPPED), ALL)).isEmpty();
    }

    @Test
    void aLineWithinABlockIsACommentToo() {
        Allowances allowances = Allowances.in("""
                /*
                 * tenantry:allow renaming-table nobody reads it
                   tenantry:allow ban-drop-table
                 * see tenantry:allow table-rewrite
                 */
                """);

        assertThat(allowances.without(List.of(RENAMED, DROPPED))).containsExactly(DROPPED);
        assertThat(allowances.faults()).extracting(Allowances.Problem::line).containsExactly(3);
    }

    @Test
    void aCommentThatNamesNoHazardOrGivesNoReasonAcknowledgesNothing() {
        Allowances allowances = Allowances.in("""
                SELECT 1;
                -- tenantry:allow renaming-tables because
                --tenantry:allow ban-drop-table
                -- tenantry:allow
                """);

        assertThat(allowances.faults()).extracting(Allowances.Problem::line).containsExactly(2, 3, 4);
        assertThat(allowances.without(List.of(RENAMED, DROPPED))).containsExactly(RENAMED, DROPPED);
    }

    @Test
    void textBetweenQuotesIsNoComment() {
        Allowances allowances = Allowances.in("""
                INSERT INTO a VALUES ('it''s -- tenantry:allow renaming-table no', E'\\'/* tenantry:allow renaming-table no */');
                SELECT 1 AS "-- tenantry:allow renaming-table no";
                DO $do$ BEGIN /* tenantry:allow renaming-table no */ END $do$;
                COPY a FROM STDIN;
                it's -- tenantry:allow renaming-table no
                \\.
                /* why
                   -- tenantry:allow ban-drop-table nobody reads it */
                """);

        assertThat(allowances.faults()).isEmpty();
        assertThat(allowances.without(List.of(RENAMED, DROPPED))).containsExactly(RENAMED);
        assertThat(allowances.unused(List.of(), ALL))
                .extracting(Allowances.Problem::line)
                .containsExactly(8);
    }

    @Test
    void aCommentCanNameATable() {
        Hazard draft = new Hazard(HazardKind.BAN_DROP_TABLE, 1, "draft", "table draft is dropped");
        Hazard account = new Hazard(HazardKind.BAN_DROP_TABLE, 2, "account", "table account is dropped");
        Allowances allowances = Allowances.in("""
                -- tenantry:allow ban-drop-table(draft) nobody reads it
                -- tenantry:allow ban-drop-table(gone) nobody reads it
                -- tenantry:allow ban-drop-table() nobody reads it
                -- tenantry:allow renaming-table(account)
                """);

        assertThat(allowances.without(List.of(draft, account, DROPPED))).containsExactly(account, DROPPED);
        assertThat(allowances.unused(List.of(draft, account), ALL))
                .singleElement()
                .satisfies(unused -> {
                    assertThat(unused.line()).isEqualTo(2);
                    assertThat(unused.sentence())
                            .startsWith("tenantry:allow ban-drop-table(gone) acknowledges nothing");
                });
        assertThat(allowances.faults()).extracting(Allowances.Problem::line).containsExactly(3, 4);
    }

    @Test
    void aCommentThatAcknowledgesNothingIsNamed() {
        Allowances allowances = Allowances.in("-- tenantry:allow table-rewrite it is small\n");

        assertThat(allowances.unused(List.of(RENAMED), ALL))
                .extracting(Allowances.Problem::line)
                .containsExactly(1);
        assertThat(allowances.unused(List.of(RENAMED), EnumSet.complementOf(EnumSet.of(HazardKind.TABLE_REWRITE))))
                .as("nobody has looked for it")
                .isEmpty();
    }
}
