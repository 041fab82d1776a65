package io.tenantry.worker.intake.publish;

import io.tenantry.worker.settle.Settled;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The answers to records that are not in a batch yet, oldest first, and their bytes. For the poll thread alone. */
final class AnswerQueue {
    /**
     * The answer to a record.
     *
     * @param bytes that it takes in memory until it is published
     */
    record Answer(Settled settled, ConsumerRecord<byte[], byte[]> received, long bytes) {}

    private final Queue<Answer> answers = new ArrayDeque<>();
    private long bytes;

    void add(Settled settled, ConsumerRecord<byte[], byte[]> received) {
        Answer answer = new Answer(settled, received, Batch.bytes(settled, received));
        answers.add(answer);
        bytes += answer.bytes();
    }

    /** The oldest answer; null if there is none. */
    @Nullable Answer peek() {
        return answers.peek();
    }

    /**
     * Takes the oldest answer.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    Answer remove() {
        Answer answer = answers.remove();
        bytes -= answer.bytes();
        return answer;
    }

    /** The partitions went away: their new owner answers their records. */
    void drop(Set<TopicPartition> partitions) {
        answers.removeIf(
                answer -> partitions.contains(answer.settled().coordinates().partition()));
        bytes = answers.stream().mapToLong(Answer::bytes).sum();
    }

    boolean isEmpty() {
        return answers.isEmpty();
    }

    int size() {
        return answers.size();
    }

    long bytes() {
        return bytes;
    }
}
