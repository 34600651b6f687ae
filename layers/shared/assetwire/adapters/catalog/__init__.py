"""The Catalog in one DynamoDB table."""
