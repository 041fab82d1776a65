package io.tenantry.worker.intake.poll;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What a poll threw. Its type does not name the partition that is the cause, if any. */
record PollFailure(RuntimeException cause) {
    private static final int MOST_CAUSES = 4;

    /** Whether the consumer may have gone past records of other partitions that it did not hand over. */
    boolean mayHaveLostRecords() {
        return !(cause instanceof KafkaException);
    }

    /** What each cause says, once. */
    String message() {
        List<String> said = new ArrayList<>();
        for (Throwable next = cause; next != null && said.size() < MOST_CAUSES; next = next.getCause()) {
            String message = next.getMessage();
            if (message != null && said.stream().noneMatch(earlier -> earlier.contains(message))) {
                said.add(message);
            }
        }
        return said.isEmpty() ? cause.getClass().getSimpleName() : String.join(": ", said);
    }

    /** The partitions in the order in which to try them: a name in the message proves nothing, and is tried first. */
    List<TopicPartition> namedFirst(Collection<TopicPartition> partitions) {
        List<TopicPartition> order = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            order.add(names(partition) ? 0 : order.size(), partition);
        }
        return order;
    }

    private boolean names(TopicPartition partition) {
        return Pattern.compile("(?<![\\w.-])" + Pattern.quote(partition.toString()) + "(?!\\w)")
                .matcher(message())
                .find();
    }
}
