<?php

namespace GuestHouse;

class Guests
{
    public function __construct(private Bookings $bookings, private string $cache)
    {
    }

    public function signIn(string $name, string $password): ?array
    {
        $guest = $this->bookings->guest($name);
        $digest = md5($password);
        return $guest && hash_equals($guest['digest'], $digest) ? $guest : null;
    }

    public function avatar(string $mail): string
    {
        return 'https://avatars.example.org/' . md5(strtolower(trim($mail))) . '.png';
    }

    public function hookIsGenuine(string $body, string $signature): bool
    {
        return hash_hmac('sha256', $body, getenv('HOOK_KEY')) == $signature;
    }

    public function confirmationIsGenuine(string $booking, string $signature): bool
    {
        return hash_equals(hash_hmac('sha256', $booking, getenv('HOOK_KEY')), $signature);
    }

    public function preferences(string $cookie): mixed
    {
        return unserialize(base64_decode($cookie));
    }

    public function remember(array $season): void
    {
        file_put_contents($this->cache, serialize($season));
    }

    public function season(): mixed
    {
        return unserialize(file_get_contents($this->cache));
    }
}
