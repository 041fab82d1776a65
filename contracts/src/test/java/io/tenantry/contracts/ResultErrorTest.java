package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultErrorTest {
    private static final String FACE = "\ud83d\ude00";

    @Test
    void cutsTheStatementTo200Characters() {
        assertThat(withStatement("x".repeat(200)).statement()).hasSize(200);
        assertThat(withStatement("x".repeat(201)).statement()).hasSize(200);
    }

    @Test
    void neverSplitsASurrogatePair() {
        assertThat(withStatement("x".repeat(199) + FACE).statement()).isEqualTo("x".repeat(199));
        assertThat(withStatement("x".repeat(198) + FACE + "y").statement()).isEqualTo("x".repeat(198) + FACE);
    }

    @Test
    void dropsWhatNeitherPostgresNorUtf8CanHold() {
        String bad = "\0a\ud800b\0" + FACE + "\udc00";
        ResultError error = new ResultError(ErrorCode.MIGRATION_FAILED, bad, bad, bad, 3, bad);
        String good = "ab" + FACE;
        assertThat(error).isEqualTo(new ResultError(ErrorCode.MIGRATION_FAILED, good, good, good, 3, good));
    }

    private static ResultError withStatement(String statement) {
        return new ResultError(ErrorCode.MIGRATION_FAILED, "message", null, null, null, statement);
    }
}
