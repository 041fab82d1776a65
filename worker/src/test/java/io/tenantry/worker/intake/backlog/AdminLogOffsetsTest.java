package io.tenantry.worker.intake.backlog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.tenantry.worker.stack.CapturedLog;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is logged when Kafka refuses to say where the partitions of a topic end. */
class AdminLogOffsetsTest {
    private static final TopicPartition CREATED = new TopicPartition("tenant.created", 0);
    private static final TopicPartition CREATED_TOO = new TopicPartition("tenant.created", 1);
    private static final TopicPartition DELETED = new TopicPartition("tenant.deleted", 0);

    private final Set<String> refused = new HashSet<>();
    private final CapturedLog log = new CapturedLog(AdminLogOffsets.class, Level.WARN);
    private final AdminLogOffsets offsets = new AdminLogOffsets(
            (Admin) Proxy.newProxyInstance(Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, this::called));

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void isLoggedOnceAlthoughAnotherTopicIsAnsweredFor() throws InterruptedException {
        refused.add(CREATED.topic());

        look(CREATED, CREATED_TOO, DELETED);
        look(CREATED, CREATED_TOO, DELETED);
        look(CREATED_TOO, DELETED);

        assertThat(messages()).singleElement().asString().contains(CREATED.topic());
    }

    @Test
    void isLoggedForEachTopic() throws InterruptedException {
        refused.add(CREATED.topic());
        look(CREATED, DELETED);
        refused.add(DELETED.topic());
        look(CREATED, DELETED);
        look(CREATED, DELETED);

        assertThat(messages()).hasSize(2).last().asString().contains(DELETED.topic());
    }

    @Test
    void isLoggedAgainAfterAnAnswer() throws InterruptedException {
        refused.add(CREATED.topic());
        look(CREATED, DELETED);
        refused.clear();
        look(CREATED, DELETED);
        refused.add(CREATED.topic());
        look(CREATED, DELETED);

        assertThat(messages()).hasSize(2);
    }

    /** As {@link LogWatch} does. */
    private void look(TopicPartition... partitions) throws InterruptedException {
        Map<TopicPartition, Long> ends = offsets.ends(Set.of(partitions));
        Map<TopicPartition, Long> starts = offsets.starts(ends.keySet());
        assertThat(starts).hasSameSizeAs(ends);
    }

    private List<String> messages() {
        return log.events().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private Object called(Object proxy, Method method, Object[] arguments) {
        assertThat(method.getName()).isEqualTo("listOffsets");
        Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers = new HashMap<>();
        for (Object asked : ((Map<?, ?>) arguments[0]).keySet()) {
            TopicPartition partition = (TopicPartition) asked;
            KafkaFutureImpl<ListOffsetsResultInfo> answer = new KafkaFutureImpl<>();
            if (refused.contains(partition.topic())) {
                answer.completeExceptionally(new TopicAuthorizationException(Set.of(partition.topic())));
            } else {
                answer.complete(new ListOffsetsResultInfo(7, 0, Optional.empty()));
            }
            answers.put(partition, answer);
        }
        return new ListOffsetsResult(answers);
    }
}
