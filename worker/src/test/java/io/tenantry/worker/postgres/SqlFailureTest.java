package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailureTest {
    @ParameterizedTest
    @ValueSource(strings = {"55P03", "40001", "40P01", "25P03", "57P05"})
    void anotherSessionInTheWayIsTransient(String state) {
        assertThat(SqlFailure.of(new SQLException("in the way", state))).isEqualTo(SqlFailure.TRANSIENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08000", "08001", "08003", "08006", "08P01", "25006", "53100", "53200", "53300", "58030", "57P01",
                "57P02", "57P03"
            })
    void aServerThatCannotBeReachedIsAway(String state) {
        assertThat(SqlFailure.of(new SQLException("away", state))).isEqualTo(SqlFailure.SERVER_AWAY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42601", "42P07", "23505", "22012", "28P01", "3D000", "42501", "55006", "P0001"})
    void whatIsWrongWithTheWorkIsPermanent(String state) {
        assertThat(SqlFailure.of(new SQLException("wrong", state))).isEqualTo(SqlFailure.PERMANENT);
    }

    @Test
    void anExceptionThatIsNotOfADatabaseIsPermanent() {
        assertThat(SqlFailure.of(new IllegalStateException("a bug"))).isEqualTo(SqlFailure.PERMANENT);
        assertThat((Throwable) SqlFailure.sqlCause(new IllegalStateException("a bug")))
                .isNull();
    }

    @Test
    void aPoolThatGaveUpWithoutAReasonMeansAway() {
        assertThat(SqlFailure.of(new SQLTransientConnectionException("timed out after 5000 ms")))
                .isEqualTo(SqlFailure.SERVER_AWAY);
    }

    @Test
    void anExceptionWithoutAStateIsNotFromTheServerSoItIsTransient() {
        assertThat(SqlFailure.of(new SQLException("Connection is closed"))).isEqualTo(SqlFailure.TRANSIENT);
    }

    @Test
    void theReasonMayBeDeepInTheChainOfCauses() {
        SQLException reason = new SQLException("canceling statement due to lock timeout", "55P03");
        Exception wrapped = new IllegalStateException("migration failed", new RuntimeException("script", reason));

        assertThat(SqlFailure.of(wrapped)).isEqualTo(SqlFailure.TRANSIENT);
        assertThat((Throwable) SqlFailure.sqlCause(wrapped)).isSameAs(reason);
    }

    @Test
    void aStateBehindThePoolsExceptionCounts() {
        SQLException reason = new SQLException("password authentication failed", "28P01");
        Exception pool = new SQLTransientConnectionException("timed out after 5000 ms", reason);

        assertThat(SqlFailure.of(pool)).isEqualTo(SqlFailure.PERMANENT);
        assertThat((Throwable) SqlFailure.sqlCause(pool)).isSameAs(reason);
    }

    @Test
    void theOutermostStateCounts() {
        SQLException inner = new SQLException("connection lost", "08006");
        SQLException outer = new SQLException("deadlock detected", "40P01", inner);

        assertThat((Throwable) SqlFailure.sqlCause(outer)).isSameAs(outer);
        assertThat(SqlFailure.of(outer)).isEqualTo(SqlFailure.TRANSIENT);
    }

    @Test
    void withoutAnyStateTheOutermostOneIsTheCause() {
        SQLException outer = new SQLException("outer", new SQLException("inner"));

        assertThat((Throwable) SqlFailure.sqlCause(outer)).isSameAs(outer);
    }

    @Test
    void aCircleOfCausesEnds() {
        Exception one = new Exception("one");
        one.initCause(new Exception("two", one));

        assertThat(SqlFailure.of(one)).isEqualTo(SqlFailure.PERMANENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22021", "23505", "54000"})
    void whatIsAboutTheDataSaysNothingOfOthers(String state) {
        assertThat(SqlFailure.isAboutTheData(new SQLException("bad values", state)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42501", "42P01", "57014", "28P01", "08006"})
    void whatSomebodyMayMendIsNotAboutTheData(String state) {
        assertThat(SqlFailure.isAboutTheData(new SQLException("not now", state)))
                .isFalse();
    }
}
