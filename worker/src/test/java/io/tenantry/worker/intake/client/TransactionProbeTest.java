package io.tenantry.worker.intake.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tenantry.worker.config.GroupProtocol;
import io.tenantry.worker.config.KafkaSettings;
import io.tenantry.worker.telemetry.OutageProbe.Answer;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransactionProbeTest {
    @Test
    void kafkaIsAwayIfNobodyListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        KafkaSettings nobody =
                new KafkaSettings("127.0.0.1:" + port, "group", GroupProtocol.CLASSIC, 3, (short) 1, "", Map.of());

        Answer answer = new TransactionProbe(nobody, "group-worker", Duration.ofMillis(200)).ask();

        assertThat(answer).isInstanceOf(Answer.Away.class);
    }

    static Stream<Exception> refusals() {
        return Stream.of(
                new TransactionalIdNotFoundException("unknown"),
                new TransactionalIdAuthorizationException("may not describe it"),
                new UnsupportedVersionException("an old broker"));
    }

    /** Otherwise a worker without requests would never be ready. */
    @ParameterizedTest
    @MethodSource("refusals")
    void aCoordinatorThatRefusesIsThere(Exception refusal) {
        assertThat(TransactionProbe.afterFailure(refusal)).isEqualTo(new Answer.Back());
    }

    static Stream<Exception> failures() {
        return Stream.of(
                new TimeoutException("no answer"),
                new CoordinatorNotAvailableException("it moves"),
                new SaslAuthenticationException("wrong password"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void otherFailuresMeanThatKafkaIsAway(Exception failure) {
        assertThat(TransactionProbe.afterFailure(failure)).isInstanceOf(Answer.Away.class);
    }
}
