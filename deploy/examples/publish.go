// Publishes one command with amqp091-go and prints its receipt; nothing of Nuanxin's is used but the wire contract.
//
//	publish FILE    a CloudEvents document; NUANXIN_AMQP_URL is the broker's address and our user of it
//
// Ends with status 0 if the command was accepted (now, or when it was sent first), 4 if it was rejected, 3 if no
// answer came in time. With Debian's golang-github-rabbitmq-amqp091-go-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run publish.go FILE
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const wait = 60 * time.Second

type answer struct {
	Status string  `json:"status"`
	First  *answer `json:"first"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: publish FILE")
		os.Exit(2)
	}
	status, err := publish(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(status)
}

func publish(file string) (int, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	var command struct{ ID, Type string }
	if err := json.Unmarshal(body, &command); err != nil {
		return 0, err
	}
	url := os.Getenv("NUANXIN_AMQP_URL")
	address, err := amqp.ParseURI(url)
	if err != nil {
		return 0, err
	}
	queue := "receipts." + address.Username
	connection, err := amqp.Dial(url)
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	channel, err := connection.Channel()
	if err != nil {
		return 0, err
	}
	receipts, err := channel.Consume(queue, "", false, false, false, false, nil)
	if err != nil {
		return 0, err
	}
	if err := channel.Confirm(false); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	confirmation, err := channel.PublishWithDeferredConfirmWithContext(
		ctx, "nuanxin.commands", command.Type, true, false,
		amqp.Publishing{
			ContentType: "application/cloudevents+json", DeliveryMode: amqp.Persistent,
			UserId: address.Username, MessageId: command.ID, CorrelationId: command.ID,
			ReplyTo: queue, Body: body,
		})
	if err != nil {
		return 0, err
	}
	if !confirmation.Wait() {
		return 0, fmt.Errorf("the broker did not store the command")
	}
	return await(ctx, receipts, command.ID)
}

// A parked command is answered twice: it waits for another one, and is decided later.
func await(ctx context.Context, receipts <-chan amqp.Delivery, id string) (int, error) {
	for {
		select {
		case <-ctx.Done():
			return 3, nil
		case delivery, open := <-receipts:
			if !open {
				return 0, fmt.Errorf("the connection was lost")
			}
			if err := delivery.Ack(false); err != nil {
				return 0, err
			}
			if delivery.CorrelationId != id {
				continue
			}
			var receipt struct{ Data json.RawMessage }
			if err := json.Unmarshal(delivery.Body, &receipt); err != nil {
				return 0, err
			}
			fmt.Println(string(receipt.Data))
			decision := answer{}
			if err := json.Unmarshal(receipt.Data, &decision); err != nil {
				return 0, err
			}
			if decision.First != nil {
				decision = *decision.First
			}
			switch decision.Status {
			case "parked":
			case "accepted":
				return 0, nil
			default:
				return 4, nil
			}
		}
	}
}
