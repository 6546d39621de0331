<?php

namespace GuestHouse;

class Partners
{
    private const EXCHANGE = 'https://exchange.example.org/latest';

    public function photo(string $address): string
    {
        $request = curl_init($address);
        curl_setopt($request, CURLOPT_RETURNTRANSFER, true);
        return curl_exec($request);
    }

    public function exchangeRate(string $currency): string
    {
        $request = curl_init(self::EXCHANGE . '?to=' . urlencode($currency));
        curl_setopt($request, CURLOPT_RETURNTRANSFER, true);
        return curl_exec($request);
    }

    public function pushBooking(array $booking): void
    {
        $request = curl_init('https://partner.example.org/bookings');
        curl_setopt($request, CURLOPT_SSL_VERIFYPEER, false);
        curl_setopt($request, CURLOPT_POSTFIELDS, json_encode($booking));
        curl_exec($request);
    }

    public function doorState(): string
    {
        $request = curl_init('https://127.0.0.1:8443/door');
        curl_setopt($request, CURLOPT_SSL_VERIFYPEER, false);
        curl_setopt($request, CURLOPT_RETURNTRANSFER, true);
        return curl_exec($request);
    }
}
