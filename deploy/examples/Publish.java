import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Publishes one command with RabbitMQ's Java client and prints its receipt; nothing of Nuanxin's is used but the wire
 * contract. The argument is a file with a CloudEvents document; NUANXIN_AMQP_URL is the broker's address and our user.
 *
 * <p>Ends with status 0 if the command was accepted (now, or when it was sent first), 4 if it was rejected, 3 if no
 * answer came in time. With Debian's librabbitmq-client-java:
 *
 * <pre>java -cp /usr/share/java/amqp-client.jar:/usr/share/java/slf4j-api.jar Publish.java FILE</pre>
 */
public class Publish {
    static final int WAIT_SECONDS = 60;

    public static void main(String[] arguments) throws Exception {
        String body = Files.readString(Path.of(arguments[0]));
        String id = member(body, "id");
        String type = member(body, "type");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv("NUANXIN_AMQP_URL"));
        String user = factory.getUsername();
        String queue = "receipts." + user;
        int status = 3;
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            LinkedBlockingQueue<String> receipts = new LinkedBlockingQueue<>();
            channel.basicConsume(
                    queue,
                    false,
                    (tag, delivery) -> {
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                        if (id.equals(delivery.getProperties().getCorrelationId())) {
                            receipts.add(new String(delivery.getBody(), StandardCharsets.UTF_8));
                        }
                    },
                    tag -> {});
            channel.confirmSelect();
            AMQP.BasicProperties properties =
                    new AMQP.BasicProperties.Builder()
                            .contentType("application/cloudevents+json")
                            .deliveryMode(2)
                            .userId(user)
                            .messageId(id)
                            .correlationId(id)
                            .replyTo(queue)
                            .build();
            channel.basicPublish(
                    "nuanxin.commands", type, true, properties, body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(WAIT_SECONDS * 1000L);
            // A parked command is answered twice: it waits for another one, and is decided later.
            String receipt;
            while (status == 3 && (receipt = receipts.poll(WAIT_SECONDS, TimeUnit.SECONDS)) != null) {
                System.out.println(receipt);
                boolean isAccepted = receipt.contains("\"status\":\"accepted\"");
                boolean isRejected = receipt.contains("\"status\":\"rejected\"");
                status = isAccepted ? 0 : isRejected ? 4 : 3;
            }
        }
        System.exit(status);
    }

    /** A member of the envelope. A real publisher has a JSON library; Java itself has none. */
    static String member(String document, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(document);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the document has no " + name);
        }
        return matcher.group(1);
    }
}
